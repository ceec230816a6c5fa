// MPI functions for kernels, from a library that is chosen when the process starts.

#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"

namespace explab {

// Handles are pointers or integers, depending on the library's binary interface; both are passed alike in a register.
using Handle = intptr_t;

// Handles and constants that differ between binary interfaces: framework/cluster/mpi/abi.ts.
struct MpiHandles {
  Handle communicator, float32, sum;
  void *in_place, *status_ignore;
  int64_t workers;
};

// All-reduces between the workers of a communicator, one at a time.
class Mpi {
 public:
  // `library` is a dlopen handle of an MPI that has been initialized, with MPI_THREAD_MULTIPLE.
  Mpi(void* library, const MpiHandles& handles);

  // Begins an exchange of `count` numbers: waits, mostly sleeping, until every worker has begun the same one. Also replaces the
  // numbers in `few` by their sums.
  absl::Status Begin(int64_t count, std::vector<float>* few);

  // Replaces `count` numbers by their sums over all workers.
  absl::Status Sum(float* numbers, int64_t count);

  // Number of exchanges begun by this worker, and seconds spent waiting in the current one.
  void Progress(int64_t* begun, double* seconds) const;

  // Ends the exchange.
  void End() { since_ = 0; }

 private:
  // Waits for a request by polling.
  absl::Status Wait(Handle* request);
  absl::Status Reduce(float* numbers, int64_t count);
  absl::Status MismatchError(int64_t count) const;
  absl::Status Failure(const char* function, int code) const;

  const MpiHandles handles_;
  int (*iallreduce_)(const void*, void*, int, Handle, Handle, Handle, Handle*);
  int (*test_)(Handle*, int*, void*);
  int (*error_string_)(int, char*, int*);
  std::atomic<int64_t> begun_{0};
  std::atomic<double> since_{0};
};

}  // namespace explab
