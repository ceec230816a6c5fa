// How the workers of a ring find each other, by sockets.

#include "ring.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

namespace explab {

namespace {

// What a worker says to the next when it connects.
struct Hello {
  uint64_t key;
  uint64_t index;
};

// Seconds that whoever connects may take to say who it is.
constexpr double kHelloSeconds = 5;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

absl::Status Mistake(const std::string& what) {
  return absl::UnavailableError(what + (errno == 0 ? "" : std::string(": ") + std::strerror(errno)));
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses Resolved(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) found = nullptr;
  return Addresses(found, freeaddrinfo);
}

bool IsLoopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    return (ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr) >> 24) == 127;
  }
  return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

// Whether the socket can be read or written by then; `events` are POLLIN or POLLOUT.
bool Ready(int socket, short events, double until) {
  for (;;) {
    const double left = std::max(0.0, until - Now());
    pollfd polled{socket, events, 0};
    const int found = poll(&polled, 1, static_cast<int>(left * 1000));
    if (found > 0) return true;
    if (found == 0 || errno != EINTR) return false;
  }
}

// No call waits on it, and what is sent leaves at once.
void Configure(int socket) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  fcntl(socket, F_SETFD, FD_CLOEXEC);
}

// A connection to an address, or -1.
int Connected(const addrinfo& address, double until) {
  const int made = socket(address.ai_family, SOCK_STREAM, 0);
  if (made < 0) return -1;
  Configure(made);
  int error = 0;
  socklen_t size = sizeof error;
  const bool begun = connect(made, address.ai_addr, address.ai_addrlen) == 0 || errno == EINPROGRESS;
  if (begun && Ready(made, POLLOUT, until) && getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
    return made;
  }
  if (error != 0) errno = error;
  close(made);
  return -1;
}

// A socket that listens at a port of the system's choice, or -1.
int Listening(const sockaddr* address, socklen_t size) {
  const int made = socket(address->sa_family, SOCK_STREAM, 0);
  if (made < 0) return -1;
  const int no = 0;
  if (address->sa_family == AF_INET6) setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  if (bind(made, address, size) == 0 && listen(made, 16) == 0) {
    Configure(made);
    return made;
  }
  close(made);
  return -1;
}

int ListeningEverywhere() {
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_any;
  const int made = Listening(reinterpret_cast<sockaddr*>(&six), sizeof six);
  if (made >= 0) return made;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  return Listening(reinterpret_cast<sockaddr*>(&four), sizeof four);
}

int PortOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

}  // namespace

Ring::~Ring() {
  for (const int socket : {listening_, before_, after_}) {
    if (socket >= 0) close(socket);
  }
}

std::string Ring::WorkerBefore() const { return "worker " + std::to_string((index_ + count_ - 1) % count_); }

std::string Ring::WorkerAfter() const { return "worker " + std::to_string((index_ + 1) % count_); }

absl::Status Ring::Listen(const std::string& host, int* port) {
  const Addresses own = Resolved(host, 0);
  const bool local = own && IsLoopback(own->ai_addr);
  listening_ = local ? Listening(own->ai_addr, own->ai_addrlen) : ListeningEverywhere();
  if (listening_ < 0) return Mistake("no port can be had for the ring of workers");
  *port = PortOf(listening_);
  return absl::OkStatus();
}

absl::Status Ring::Join(int index, int count, const std::string& next_host, int next_port, uint64_t key,
                        double seconds) {
  index_ = index;
  count_ = count;
  const double until = Now() + seconds;
  const Addresses next = Resolved(next_host, next_port);
  errno = 0;
  for (const addrinfo* address = next.get(); address != nullptr && after_ < 0; address = address->ai_next) {
    after_ = Connected(*address, until);
  }
  if (after_ < 0) {
    return Mistake(WorkerAfter() + " cannot be reached at " + next_host + ":" + std::to_string(next_port));
  }
  const Hello hello{key, static_cast<uint64_t>(index)};
  if (send(after_, &hello, sizeof hello, 0) != sizeof hello) return Mistake(WorkerAfter() + " cannot be spoken to");
  return Accept(key, until);
}

// Whoever is no worker of this ring, a scanner of ports, say, is not listened to.
absl::Status Ring::Accept(uint64_t key, double until) {
  const uint64_t wanted = (index_ + count_ - 1) % count_;
  while (Ready(listening_, POLLIN, until)) {
    const int made = accept(listening_, nullptr, nullptr);
    if (made < 0) continue;
    Configure(made);
    Hello hello{};
    const bool said = Ready(made, POLLIN, std::min(until, Now() + kHelloSeconds)) &&
                      recv(made, &hello, sizeof hello, 0) == sizeof hello;
    if (said && hello.key == key && hello.index == wanted) {
      before_ = made;
      close(listening_);
      listening_ = -1;
      return absl::OkStatus();
    }
    close(made);
  }
  errno = 0;
  return Mistake(WorkerBefore() + " has not come into the ring in time");
}

const char* Ring::Tell(const absl::Status& status) {
  told_ = std::string(status.message());
  return status.ok() ? nullptr : told_.c_str();
}

}  // namespace explab

// What framework/tensorflow/distributed/ring.ts calls. What returns a text returns nothing when all went well.

using explab::Ring;

extern "C" {

void* ExplabRingNew() { return new Ring; }

void ExplabRingDelete(void* ring) { delete static_cast<Ring*>(ring); }

const char* ExplabRingListen(void* ring, const char* host, int* port) {
  return static_cast<Ring*>(ring)->Tell(static_cast<Ring*>(ring)->Listen(host, port));
}

const char* ExplabRingJoin(void* ring, int index, int count, const char* host, int port, uint64_t key, double seconds) {
  return static_cast<Ring*>(ring)->Tell(static_cast<Ring*>(ring)->Join(index, count, host, port, key, seconds));
}
}
