// All operations, compiled as one: most of the time goes into reading TensorFlow's headers.

#include "all_reduce.cc"
#include "dropout.cc"
#include "mpi.cc"
#include "group_norm.cc"
