// How the workers of a ring find each other, by sockets.

#include "ring.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
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

// Waits until then for one of two sockets, of which either may be -1. `events` are POLLIN or POLLOUT. Returns the one, or -1.
int FirstReady(const int (&sockets)[2], short events, double until) {
  for (;;) {
    const double left = std::max(0.0, until - Now());
    pollfd polled[] = {{sockets[0], events, 0}, {sockets[1], events, 0}};
    const int found = poll(polled, 2, static_cast<int>(left * 1000));
    if (found > 0) return polled[0].revents != 0 ? sockets[0] : sockets[1];
    if (found == 0 || errno != EINTR) return -1;
  }
}

bool Ready(int socket, short events, double until) { return FirstReady({socket, -1}, events, until) >= 0; }

// No call waits on it, and what is sent leaves at once.
void Configure(int socket) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  fcntl(socket, F_SETFD, FD_CLOEXEC);
}

// A connection to an address, or -1.
int Connected(const sockaddr* address, socklen_t size, double until) {
  const int made = socket(address->sa_family, SOCK_STREAM, 0);
  if (made < 0) return -1;
  Configure(made);
  int error = 0;
  socklen_t error_size = sizeof error;
  const bool begun = connect(made, address, size) == 0 || errno == EINPROGRESS;
  if (begun && Ready(made, POLLOUT, until) && getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 &&
      error == 0) {
    return made;
  }
  if (error != 0) errno = error;
  close(made);
  return -1;
}

// Linux's sockets within a machine, by names that are no files: several times as fast as those of the internet's loopback.
struct Named {
  explicit Named(const std::string& name) {
    address.sun_family = AF_UNIX;
    const size_t count = std::min(name.size(), sizeof address.sun_path - 1);
    std::memcpy(address.sun_path + 1, name.data(), count);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + count);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }

  sockaddr_un address{};
  socklen_t size;
};

// A socket that listens, at a port of the system's choice where the address is of the internet; or -1.
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

void Ring::Close() {
  StopListening();
  for (const int socket : {before_, after_}) {
    if (socket >= 0) shutdown(socket, SHUT_RDWR);
  }
}

void Ring::StopListening() {
  for (int& socket : listening_) {
    if (socket >= 0) close(socket);
    socket = -1;
  }
}

std::string Ring::WorkerBefore() const { return "worker " + std::to_string((index_ + count_ - 1) % count_); }

std::string Ring::WorkerAfter() const { return "worker " + std::to_string((index_ + 1) % count_); }

absl::Status Ring::Listen(const std::string& address, const std::string& name, int* port) {
  const Addresses own = Resolved(address, 0);
  listening_[0] = address.empty() ? ListeningEverywhere() : own ? Listening(own->ai_addr, own->ai_addrlen) : -1;
  if (listening_[0] < 0) return Mistake("no port can be had for the ring of workers");
  *port = PortOf(listening_[0]);
  const Named within(name);
  listening_[1] = Listening(within.get(), within.size);
  return absl::OkStatus();
}

absl::Status Ring::Join(int index, int count, const Place& next, uint64_t key, double seconds) {
  index_ = index;
  count_ = count;
  const double until = Now() + seconds;
  const Named within(next.name);
  after_ = Connected(within.get(), within.size, until);
  const Addresses addresses = Resolved(next.host, next.port);
  for (const addrinfo* address = addresses.get(); address != nullptr && after_ < 0; address = address->ai_next) {
    after_ = Connected(address->ai_addr, address->ai_addrlen, until);
  }
  if (after_ < 0) {
    return Mistake(WorkerAfter() + " cannot be reached at " + next.host + ":" + std::to_string(next.port));
  }
  const Hello hello{key, static_cast<uint64_t>(index)};
  if (send(after_, &hello, sizeof hello, 0) != sizeof hello) return Mistake(WorkerAfter() + " cannot be spoken to");
  return Accept(key, until);
}

absl::Status Ring::Accept(uint64_t key, double until) {
  for (int listening; (listening = FirstReady(listening_, POLLIN, until)) >= 0;) {
    const int made = accept(listening, nullptr, nullptr);
    if (made < 0) continue;
    Configure(made);
    if (Admit(made, key, until)) {
      before_ = made;
      StopListening();
      return absl::OkStatus();
    }
    close(made);
  }
  errno = 0;
  return Mistake(WorkerBefore() + " has not come into the ring in time");
}

// Whether it is the worker before this one. Whoever is no worker of this ring, a scanner of ports, say, is not listened to.
bool Ring::Admit(int socket, uint64_t key, double until) const {
  Hello hello{};
  return Ready(socket, POLLIN, std::min(until, Now() + kHelloSeconds)) &&
         recv(socket, &hello, sizeof hello, 0) == sizeof hello && hello.key == key &&
         hello.index == static_cast<uint64_t>((index_ + count_ - 1) % count_);
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

// What a ring holds stays until the process ends: an operation may still use it.
void ExplabRingClose(void* ring) { static_cast<Ring*>(ring)->Close(); }

const char* ExplabRingListen(void* ring, const char* address, const char* name, int* port) {
  return static_cast<Ring*>(ring)->Tell(static_cast<Ring*>(ring)->Listen(address, name, port));
}

const char* ExplabRingJoin(void* ring, int index, int count, const char* host, int port, const char* name, uint64_t key,
                           double seconds) {
  return static_cast<Ring*>(ring)->Tell(static_cast<Ring*>(ring)->Join(index, count, {host, port, name}, key, seconds));
}
}
