// How a ring of workers adds numbers up: 2 (n - 1) passes round, as Patarasuk and Yuan (2009) have it.

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "processors.h"
#include "ring.h"

namespace explab {

Numbers::Numbers(std::vector<Span> spans) : spans_(std::move(spans)) {
  int64_t end = 0;
  for (const Span& span : spans_) ends_.push_back(end += span.count);
}

Span Numbers::From(int64_t place, int64_t most) const {
  const auto end = std::upper_bound(ends_.begin(), ends_.end(), place);
  const Span& span = spans_[end - ends_.begin()];
  const int64_t left = *end - place;
  return {span.numbers + span.count - left, std::min(left, most)};
}

FOR_EACH_PROCESSOR
static void Add(const float* __restrict from, int64_t count, float* __restrict to) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

FOR_EACH_PROCESSOR
static void AddAndDivide(const float* __restrict from, int64_t count, float divisor, float* __restrict to) {
  for (int64_t i = 0; i < count; ++i) to[i] = (to[i] + from[i]) / divisor;
}

// One all-reduce. The numbers are cut into a chunk for each worker. What comes from the worker before is, chunk by chunk, added
// to this worker's own and passed on, until each chunk is whole; then the whole ones are passed on. So all that is sent after this
// worker's own chunk is what came: it can be sent as soon as it is there.
class Exchange {
 public:
  Exchange(Ring& ring, const Numbers& numbers, float divisor)
      : ring_(ring), numbers_(numbers), divisor_(divisor), header_{++ring.exchanges_, static_cast<uint64_t>(numbers.count())} {
    const int passes = 2 * (ring.count_ - 1);
    to_receive_ = sizeof header_;
    to_send_ = sizeof header_;
    for (int pass = 0; pass < passes; ++pass) {
      to_receive_ += Bytes(Incoming(pass));
      to_send_ += Bytes(Outgoing(pass));
    }
    ready_ = sizeof header_ + Bytes(Outgoing(0));
  }

  absl::Status Run() {
    while (sent_ < to_send_ || received_ < to_receive_) {
      bool moved = false;
      if (sent_ < ready_) {
        if (auto status = Send(&moved); !status.ok()) return status;
      }
      if (received_ < to_receive_) {
        if (auto status = Receive(&moved); !status.ok()) return status;
      }
      if (!moved) Wait();
    }
    return absl::OkStatus();
  }

 private:
  static constexpr int64_t kPiece = 1 << 18;
  static constexpr int kSpans = 64;

  // What one worker tells the next first.
  struct Header {
    uint64_t exchange;
    uint64_t count;
  };

  // Part of the numbers: [begin, end).
  struct Chunk {
    int64_t begin, end;
  };

  Chunk ChunkOf(int number) const {
    const int64_t workers = ring_.count_, which = ((number % workers) + workers) % workers;
    return {numbers_.count() * which / workers, numbers_.count() * (which + 1) / workers};
  }

  Chunk Outgoing(int pass) const { return ChunkOf(ring_.index_ - pass); }
  Chunk Incoming(int pass) const { return ChunkOf(ring_.index_ - 1 - pass); }
  static int64_t Bytes(const Chunk& chunk) { return (chunk.end - chunk.begin) * static_cast<int64_t>(sizeof(float)); }

  // As much as the connection takes, but not all at once, so that what comes is not kept waiting.
  absl::Status Send(bool* moved) {
    iovec pieces[kSpans];
    const int count = Pieces(pieces);
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    const ssize_t bytes = sendmsg(ring_.after_, &message, 0);
    if (bytes < 0) return IsBusy() ? absl::OkStatus() : Ended(ring_.WorkerAfter());
    sent_ += bytes;
    sent_of_pass_ += bytes;
    *moved = true;
    return absl::OkStatus();
  }

  // What is to be sent next, as it lies in memory.
  int Pieces(iovec* pieces) {
    if (sent_ < static_cast<int64_t>(sizeof header_)) {
      sent_of_pass_ = sent_ - sizeof header_;
      pieces[0] = {reinterpret_cast<char*>(&header_) + sent_, sizeof header_ - sent_};
      return 1;
    }
    while (sent_of_pass_ >= Bytes(Outgoing(sending_))) sent_of_pass_ -= Bytes(Outgoing(sending_++));
    const Chunk chunk = Outgoing(sending_);
    int64_t left = std::min({Bytes(chunk) - sent_of_pass_, ready_ - sent_, kPiece});
    int64_t at = sent_of_pass_;
    int count = 0;
    for (; left > 0 && count < kSpans; ++count) {
      const int64_t inside = at % sizeof(float);
      const Span span = numbers_.From(chunk.begin + at / sizeof(float), chunk.end - chunk.begin);
      const int64_t bytes = std::min<int64_t>(span.count * sizeof(float) - inside, left);
      pieces[count] = {reinterpret_cast<char*>(span.numbers) + inside, static_cast<size_t>(bytes)};
      at += bytes;
      left -= bytes;
    }
    return count;
  }

  absl::Status Receive(bool* moved) {
    if (received_ < static_cast<int64_t>(sizeof header_)) return ReceiveHeader(moved);
    while (of_pass_ == Incoming(receiving_).end - Incoming(receiving_).begin) {
      of_pass_ = 0;
      ++receiving_;
    }
    const Chunk chunk = Incoming(receiving_);
    const int64_t left = (chunk.end - chunk.begin - of_pass_) * sizeof(float) - carried_;
    const ssize_t bytes = recv(ring_.before_, scratch_ + carried_, std::min(left, kPiece - carried_), 0);
    if (bytes <= 0) return NothingCame(bytes);
    received_ += bytes;
    const int64_t there = carried_ + bytes, whole = there / sizeof(float);
    Take(chunk.begin + of_pass_, whole);
    of_pass_ += whole;
    ready_ = std::min(to_send_, ready_ + whole * static_cast<int64_t>(sizeof(float)));
    carried_ = there % sizeof(float);
    std::memmove(scratch_, scratch_ + whole * sizeof(float), carried_);
    *moved = true;
    return absl::OkStatus();
  }

  absl::Status ReceiveHeader(bool* moved) {
    const ssize_t bytes =
        recv(ring_.before_, reinterpret_cast<char*>(&other_) + received_, sizeof other_ - received_, 0);
    if (bytes <= 0) return NothingCame(bytes);
    received_ += bytes;
    *moved = true;
    if (received_ < static_cast<int64_t>(sizeof header_)) return absl::OkStatus();
    if (other_.exchange == header_.exchange && other_.count == header_.count) return absl::OkStatus();
    return absl::InternalError(ring_.WorkerBefore() + " exchanges " + std::to_string(other_.count) + " numbers in exchange " +
                               std::to_string(other_.exchange) + ", and this one " + std::to_string(header_.count) +
                               " in exchange " + std::to_string(header_.exchange));
  }

  // Puts numbers that came where they belong.
  void Take(int64_t place, int64_t count) {
    const float* from = reinterpret_cast<const float*>(scratch_);
    const int last = ring_.count_ - 2;
    while (count > 0) {
      const Span span = numbers_.From(place, count);
      if (receiving_ < last) Add(from, span.count, span.numbers);
      if (receiving_ == last) AddAndDivide(from, span.count, divisor_, span.numbers);
      if (receiving_ > last) std::memcpy(span.numbers, from, span.count * sizeof(float));
      from += span.count;
      place += span.count;
      count -= span.count;
    }
  }

  void Wait() const {
    const short sending = sent_ < ready_ ? POLLOUT : 0, receiving = received_ < to_receive_ ? POLLIN : 0;
    pollfd polled[] = {{sending ? ring_.after_ : -1, sending, 0}, {receiving ? ring_.before_ : -1, receiving, 0}};
    poll(polled, 2, -1);
  }

  absl::Status NothingCame(ssize_t bytes) const {
    if (bytes < 0 && IsBusy()) return absl::OkStatus();
    if (bytes == 0) errno = 0;
    return Ended(ring_.WorkerBefore());
  }

  static bool IsBusy() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

  static absl::Status Ended(const std::string& worker) {
    const std::string why = errno == 0 ? "" : std::string(": ") + std::strerror(errno);
    return absl::UnavailableError("the connection with " + worker + " has ended" + why);
  }

  Ring& ring_;
  const Numbers& numbers_;
  const float divisor_;
  Header header_, other_{};
  // Bytes, the header among them.
  int64_t to_send_ = 0, to_receive_ = 0, sent_ = 0, received_ = 0;
  // Bytes that may be sent by now.
  int64_t ready_ = 0;
  // The passes that go on, bytes sent of the one, and whole numbers that came of the other.
  int sending_ = 0, receiving_ = 0;
  int64_t sent_of_pass_ = 0, of_pass_ = 0;
  // Bytes of a number that came in part; they stand at the beginning of what is received next.
  int64_t carried_ = 0;
  alignas(64) char scratch_[kPiece];
};

absl::Status Ring::AllReduce(const Numbers& numbers, float divisor) {
  if (numbers.count() == 0) return absl::OkStatus();
  return std::make_unique<Exchange>(*this, numbers, divisor)->Run();
}

}  // namespace explab
