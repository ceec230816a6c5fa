#include "mpi.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

namespace explab {

namespace {

// Numbers of one all-reduce: 16 MB, beyond which MPI's own buffers leave the processor's cache.
constexpr int64_t kMostNumbers = 1 << 22;

// Seconds of testing before the thread sleeps between tests: MPI wakes nobody, and testing takes time from computing.
constexpr double kSpin = 200e-6;

// Parts of a whole number, of so many bits that a float holds the sum of those of 4,096 workers exactly.
constexpr int kPartBits = 12, kParts = 4;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename Function>
void Find(void* library, const char* name, Function** function) {
  *function = reinterpret_cast<Function*>(dlsym(library, name));
}

}  // namespace

Mpi::Mpi(void* library, const MpiHandles& handles) : handles_(handles) {
  Find(library, "MPI_Iallreduce", &iallreduce_);
  Find(library, "MPI_Test", &test_);
  Find(library, "MPI_Error_string", &error_string_);
}

absl::Status Mpi::Begin(int64_t count, std::vector<float>* few) {
  ++begun_;
  since_ = Now();
  int64_t whole = (count << kPartBits) | (begun_ & ((1 << kPartBits) - 1));
  std::vector<float> numbers;
  for (int i = 0; i < kParts; ++i, whole >>= kPartBits) numbers.push_back(whole & ((1 << kPartBits) - 1));
  const std::vector<float> own = numbers;
  numbers.insert(numbers.end(), few->begin(), few->end());
  if (auto status = Reduce(numbers.data(), numbers.size()); !status.ok()) return status;
  // Where the workers differ, the sum is another than so many times its own for one of them at least.
  for (int i = 0; i < kParts; ++i) {
    if (numbers[i] != own[i] * handles_.workers) return Disagreement(count);
  }
  few->assign(numbers.begin() + kParts, numbers.end());
  return absl::OkStatus();
}

absl::Status Mpi::Sum(float* numbers, int64_t count) {
  for (int64_t first = 0; first < count; first += kMostNumbers) {
    const int64_t size = std::min(count - first, kMostNumbers);
    if (auto status = Reduce(numbers + first, size); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Mpi::Reduce(float* numbers, int64_t count) {
  Handle request = 0;
  const int code = iallreduce_(handles_.in_place, numbers, static_cast<int>(count), handles_.float32, handles_.sum,
                               handles_.communicator, &request);
  return code == 0 ? Wait(&request) : Failure("MPI_Iallreduce", code);
}

absl::Status Mpi::Wait(Handle* request) {
  const double until = Now() + kSpin;
  for (;;) {
    int done = 0;
    const int code = test_(request, &done, handles_.status_ignore);
    if (code != 0) return Failure("MPI_Test", code);
    if (done) return absl::OkStatus();
    if (Now() > until) std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

absl::Status Mpi::Disagreement(int64_t count) const {
  return absl::InternalError("the workers do not exchange the same tensors: here " + std::to_string(count) +
                             " numbers in exchange " + std::to_string(begun_));
}

absl::Status Mpi::Failure(const char* function, int code) const {
  char text[1024] = "";
  int length = 0;
  error_string_(code, text, &length);
  return absl::UnavailableError(std::string(function) + ": " + text);
}

void Mpi::Progress(int64_t* begun, double* seconds) const {
  const double since = since_;
  *begun = begun_;
  *seconds = since == 0 ? 0 : Now() - since;
}

}  // namespace explab

extern "C" {

// Returns nullptr where the library cannot be opened.
void* ExplabMpiNew(const char* library, const explab::MpiHandles* handles) {
  void* opened = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
  return opened == nullptr ? nullptr : new explab::Mpi(opened, *handles);
}

void ExplabMpiProgress(const void* mpi, int64_t* begun, double* seconds) {
  static_cast<const explab::Mpi*>(mpi)->Progress(begun, seconds);
}

}
