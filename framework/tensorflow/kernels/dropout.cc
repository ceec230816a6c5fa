// Dropout in one pass. The mask is drawn on the fly and drawn again for the gradient, so only two numbers are kept.
// The mask is bit-identical to the one from TensorFlow's StatelessRandomUniform with the same seeds.

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "processors.h"
#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tsl::thread::ThreadPool;

namespace explab {

// y = x / (1 - rate) where a uniform draw is at least the rate, else 0. It is its own gradient. seeds: int32 [2]. first: number of
// draws of these seeds to skip, a multiple of 4.
REGISTER_OP("ExplabDropout")
    .Input("x: float")
    .Input("seeds: int32")
    .Output("y: float")
    .Attr("rate: float")
    .Attr("first: int = 0")
    .SetShapeFn(tensorflow::shape_inference::UnchangedShape);

// Philox4x32-10 (Salmon et al. 2011): each 128-bit counter yields four draws.
struct Philox {
  uint32_t key[2];
  uint32_t counter[4];
};

constexpr int kLanes = 64;
constexpr int64_t kDraws = 4 * kLanes;

// The draws of kLanes counters, in order.
static ALWAYS_INLINE void Draw(const Philox& philox, uint64_t first, uint32_t* __restrict draws) {
  uint32_t a[kLanes], b[kLanes], c[kLanes], d[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    const uint64_t low = first + lane;
    a[lane] = static_cast<uint32_t>(low);
    b[lane] = static_cast<uint32_t>(low >> 32);
    c[lane] = philox.counter[2];
    d[lane] = philox.counter[3];
  }
  uint32_t k0 = philox.key[0], k1 = philox.key[1];
  for (int round = 0; round < 10; ++round) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const uint64_t p = static_cast<uint64_t>(a[lane]) * 0xD2511F53u;
      const uint64_t q = static_cast<uint64_t>(c[lane]) * 0xCD9E8D57u;
      a[lane] = static_cast<uint32_t>(q >> 32) ^ b[lane] ^ k0;
      c[lane] = static_cast<uint32_t>(p >> 32) ^ d[lane] ^ k1;
      b[lane] = static_cast<uint32_t>(q);
      d[lane] = static_cast<uint32_t>(p);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    draws[4 * lane] = a[lane];
    draws[4 * lane + 1] = b[lane];
    draws[4 * lane + 2] = c[lane];
    draws[4 * lane + 3] = d[lane];
  }
}

// The key and counter that TensorFlow's stateless operations derive from two seeds.
static Philox Scrambled(int32_t seed0, int32_t seed1) {
  const uint64_t first = static_cast<uint64_t>(static_cast<int64_t>(seed0));
  const uint64_t second = static_cast<uint64_t>(static_cast<int64_t>(seed1));
  Philox mixing{{0x3ec8f720u, 0x02461e29u}, {0, 0, static_cast<uint32_t>(second), static_cast<uint32_t>(second >> 32)}};
  uint32_t mixed[kDraws];
  Draw(mixing, first, mixed);
  return {{mixed[0], mixed[1]}, {0, 0, mixed[2], mixed[3]}};
}

// Drops elements [begin, end), begin a multiple of kDraws, with draws from the given counter.
FOR_EACH_PROCESSOR
static void Drop(const float* __restrict x, const Philox& philox, int64_t counter, float rate, int64_t begin,
                 int64_t end, float* __restrict y) {
  const float scale = 1.0f / (1.0f - rate);
  for (int64_t at = begin; at < end; at += kDraws) {
    uint32_t draws[kDraws];
    Draw(philox, static_cast<uint64_t>(counter + at / 4), draws);
    const int64_t count = std::min(kDraws, end - at);
    for (int64_t i = 0; i < count; ++i) {
      const uint32_t bits = 0x3f800000u | (draws[i] & 0x7fffffu);
      float uniform;
      std::memcpy(&uniform, &bits, sizeof uniform);
      y[at + i] = uniform - 1.0f >= rate ? x[at + i] * scale : 0.0f;
    }
  }
}

class Dropout : public OpKernel {
 public:
  explicit Dropout(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("rate", &rate_));
    OP_REQUIRES_OK(context, context->GetAttr("first", &first_));
    OP_REQUIRES(context, first_ % 4 == 0, absl::InvalidArgumentError("first must be a multiple of 4"));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &seeds = context->input(1);
    OP_REQUIRES(context, seeds.NumElements() == 2, absl::InvalidArgumentError("there must be two seeds"));
    Tensor* y;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &y));
    const Philox philox = Scrambled(seeds.flat<int32_t>()(0), seeds.flat<int32_t>()(1));
    const int64_t elements = x.NumElements(), blocks = (elements + kDraws - 1) / kDraws;
    const float* from = x.flat<float>().data();
    float* to = y->flat<float>().data();
    const auto range = [&](int64_t begin, int64_t end) {
      Drop(from, philox, first_ / 4, rate_, begin * kDraws, std::min(end * kDraws, elements), to);
    };
    const auto params = ThreadPool::SchedulingParams::Adaptive(4 * kDraws);
    context->device()->tensorflow_cpu_worker_threads()->workers->ParallelFor(blocks, params, range);
  }

 private:
  float rate_;
  int64_t first_;
};

REGISTER_KERNEL_BUILDER(Name("ExplabDropout").Device(tensorflow::DEVICE_CPU), Dropout);

}  // namespace explab
