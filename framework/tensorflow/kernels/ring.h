// The workers of a run, in a ring: each is connected to the next, and their numbers are added up by passing them on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace explab {

// Neighbouring numbers in memory.
struct Span {
  float* numbers;
  int64_t count;
};

// Numbers that lie in several places, counted through.
class Numbers {
 public:
  explicit Numbers(std::vector<Span> spans);

  int64_t count() const { return ends_.empty() ? 0 : ends_.back(); }

  // What lies in memory from the number `place` on, at most `most` of it; place < count().
  Span From(int64_t place, int64_t most) const;

 private:
  std::vector<Span> spans_;
  std::vector<int64_t> ends_;
};

// Where a worker listens.
struct Place {
  std::string host;
  int port;
  std::string name;
};

// One worker's connections. Its functions are called by one thread at a time.
class Ring {
 public:
  // Listens for the worker before this one: at a port of an address of this machine, or of all where none is given, and by a name
  // for workers of this machine.
  absl::Status Listen(const std::string& address, const std::string& name, int* port);

  // Connects with the worker after this one, by its name where it is on this machine, and waits for the one before. Those of a run
  // have a key in common.
  absl::Status Join(int index, int count, const Place& next, uint64_t key, double seconds);

  // Replaces the numbers by the sum of those of all workers, divided by `divisor`: the same bits everywhere. Every worker must
  // call it as often, each time for as many numbers. Waits for the others, for ever if need be.
  absl::Status AllReduce(const Numbers& numbers, float divisor);

  // Ends the connections, and with an error an exchange that goes on, on whatever thread.
  void Close();

  // What is said of a mistake, or nothing where there is none. The text lasts until the next.
  const char* Tell(const absl::Status& status);

 private:
  friend class Exchange;

  absl::Status Accept(uint64_t key, double until);
  bool Admit(int socket, uint64_t key, double until) const;
  void StopListening();
  std::string WorkerBefore() const;
  std::string WorkerAfter() const;

  int listening_[2] = {-1, -1}, before_ = -1, after_ = -1;
  int index_ = 0, count_ = 1;
  uint64_t exchanges_ = 0;
  std::string told_;
};

}  // namespace explab
