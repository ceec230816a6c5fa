// All operations in one compilation unit: most of the time is spent on TensorFlow's headers.

#include "all_reduce.cc"
#include "dropout.cc"
#include "mpi.cc"
#include "group_norm.cc"
