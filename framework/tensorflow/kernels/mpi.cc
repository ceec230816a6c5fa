#include "mpi.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

namespace explab {

namespace {

// Maximum elements of one all-reduce: 16 MB, beyond which MPI's buffers no longer fit into the processor's cache.
constexpr int64_t kMaxElements = 1 << 22;

// Seconds of busy polling before the thread sleeps between polls: MPI has no notification, and polling slows down computation.
constexpr double kSpinSeconds = 200e-6;

// Parts of an integer with few enough bits that a float holds their sum over 4,096 workers exactly.
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
  // If workers differ, the sum is not its own value times the number of workers on at least one of them.
  for (int i = 0; i < kParts; ++i) {
    if (numbers[i] != own[i] * handles_.workers) return MismatchError(count);
  }
  few->assign(numbers.begin() + kParts, numbers.end());
  return absl::OkStatus();
}

absl::Status Mpi::Sum(float* numbers, int64_t count) {
  for (int64_t first = 0; first < count; first += kMaxElements) {
    const int64_t size = std::min(count - first, kMaxElements);
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
  const double spin_end = Now() + kSpinSeconds;
  for (;;) {
    int done = 0;
    const int code = test_(request, &done, handles_.status_ignore);
    if (code != 0) return Failure("MPI_Test", code);
    if (done) return absl::OkStatus();
    if (Now() > spin_end) std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

absl::Status Mpi::MismatchError(int64_t count) const {
  return absl::InternalError("the workers exchange different tensors: here " + std::to_string(count) +
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

// Returns nullptr if the library cannot be opened.
void* ExplabMpiNew(const char* library, const explab::MpiHandles* handles) {
  void* opened = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
  return opened == nullptr ? nullptr : new explab::Mpi(opened, *handles);
}

void ExplabMpiProgress(const void* mpi, int64_t* begun, double* seconds) {
  static_cast<const explab::Mpi*>(mpi)->Progress(begun, seconds);
}

}
