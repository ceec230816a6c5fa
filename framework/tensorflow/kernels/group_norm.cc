// Group normalization (Wu and He 2018, arXiv:1803.08494, eq. 1 and 2) and a following Swish, forward and backward,
// each in two passes over a sample that stays in the cache; TensorFlow's own ops take ten passes over the batch.
// A sample is the unit of work, so results do not depend on the number of threads.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "processors.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;
using tensorflow::shape_inference::InferenceContext;
using tsl::thread::ThreadPool;

namespace explab {

// x [batch, pixels, channels]; mean and inverse = 1 / sqrt(variance + epsilon) [batch, groups].
REGISTER_OP("ExplabGroupNorm")
    .Input("x: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Output("y: float")
    .Output("mean: float")
    .Output("inverse: float")
    .Attr("groups: int >= 1")
    .Attr("epsilon: float")
    .Attr("swish: bool")
    .SetShapeFn([](InferenceContext* context) {
      int groups;
      TF_RETURN_IF_ERROR(context->GetAttr("groups", &groups));
      context->set_output(0, context->input(0));
      for (int output : {1, 2})
        context->set_output(output, context->MakeShape({context->Dim(context->input(0), 0), groups}));
      return absl::OkStatus();
    });

REGISTER_OP("ExplabGroupNormGrad")
    .Input("dy: float")
    .Input("x: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Input("mean: float")
    .Input("inverse: float")
    .Output("dx: float")
    .Output("dgamma: float")
    .Output("dbeta: float")
    .Attr("swish: bool")
    .SetShapeFn([](InferenceContext* context) {
      context->set_output(0, context->input(1));
      for (int output : {1, 2}) context->set_output(output, context->input(2));
      return absl::OkStatus();
    });

// e^x to within 2 units in the last place: x = n ln 2 + r, e^r by its Taylor polynomial, 2^n by the bits of the
// exponent.
static ALWAYS_INLINE float Exp(float x) {
  x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  const float shifter = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  const float n = (x * 1.44269504f + shifter) - shifter;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

static ALWAYS_INLINE float Sigmoid(float x) { return 1.0f / (1.0f + Exp(-x)); }

// Shape and parameters shared by the samples of a batch.
struct Sample {
  int64_t pixels, channels, groups;
  const float *gamma, *beta;
};

// The sums of x - x_0 and of its squares over the pixels, by channel; subtracting x_0, the first pixel, keeps precision if the
// mean is large.
FOR_EACH_PROCESSOR
static void Moments(const float* __restrict x, int64_t pixels, int64_t channels, float* __restrict sum,
                    float* __restrict square) {
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const float* row = x + pixel * channels;
    for (int64_t c = 0; c < channels; ++c) {
      const float d = row[c] - x[c];
      sum[c] += d;
      square[c] += d * d;
    }
  }
}

FOR_EACH_PROCESSOR
static void Normalize(const float* __restrict x, const float* __restrict mean, const float* __restrict scale,
                      const float* __restrict beta, int64_t pixels, int64_t channels, bool swish, float* __restrict y) {
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const float* from = x + pixel * channels;
    float* to = y + pixel * channels;
    if (swish) {
      for (int64_t c = 0; c < channels; ++c) {
        const float z = (from[c] - mean[c]) * scale[c] + beta[c];
        to[c] = z * Sigmoid(z);
      }
    } else {
      for (int64_t c = 0; c < channels; ++c) to[c] = (from[c] - mean[c]) * scale[c] + beta[c];
    }
  }
}

// dz = dy swish'(z), its sum and that of dz (x - mean) over the pixels, by channel.
FOR_EACH_PROCESSOR
static void Differentiate(const float* __restrict dy, const float* __restrict x, const float* __restrict mean,
                          const float* __restrict scale, const float* __restrict beta, int64_t pixels, int64_t channels,
                          bool swish, float* __restrict dz, float* __restrict sum, float* __restrict product) {
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const int64_t at = pixel * channels;
    for (int64_t c = 0; c < channels; ++c) {
      const float centred = x[at + c] - mean[c];
      float d = dy[at + c];
      if (swish) {
        const float z = centred * scale[c] + beta[c];
        const float s = Sigmoid(z);
        d *= s + z * s * (1.0f - s);
      }
      dz[at + c] = d;
      sum[c] += d;
      product[c] += d * centred;
    }
  }
}

// dx = dz scale + (x - mean) a + b, in the place of dz.
FOR_EACH_PROCESSOR
static void Combine(const float* __restrict x, const float* __restrict scale, const float* __restrict mean,
                    const float* __restrict a, const float* __restrict b, int64_t pixels, int64_t channels,
                    float* __restrict dx) {
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const int64_t at = pixel * channels;
    for (int64_t c = 0; c < channels; ++c) dx[at + c] = dx[at + c] * scale[c] + (x[at + c] - mean[c]) * a[c] + b[c];
  }
}

// Sums in blocks of pixels, so that no precision is lost in a long sum.
constexpr int64_t kBlock = 64;

// Mean and inverse deviation of each group of a sample.
static void Statistics(const float* x, const Sample& sample, float epsilon, float* mean, float* inverse) {
  const auto [pixels, channels, groups, gamma, beta] = sample;
  std::vector<double> sums(2 * channels);
  std::vector<float> block(2 * channels);
  std::vector<float> first(x, x + channels);
  for (int64_t pixel = 0; pixel < pixels; pixel += kBlock) {
    std::fill(block.begin(), block.end(), 0.0f);
    const int64_t count = std::min(kBlock, pixels - pixel);
    // Each block has its own first pixel; what it sums is moved to the sample's.
    const float* from = x + pixel * channels;
    Moments(from, count, channels, block.data(), block.data() + channels);
    for (int64_t c = 0; c < channels; ++c) {
      const double offset = static_cast<double>(from[c]) - first[c];
      sums[channels + c] += block[channels + c] + 2 * offset * block[c] + count * offset * offset;
      sums[c] += block[c] + count * offset;
    }
  }
  const int64_t size = channels / groups;
  for (int64_t g = 0; g < groups; ++g) {
    double total = 0, within = 0;
    for (int64_t c = g * size; c < (g + 1) * size; ++c) total += first[c] + sums[c] / pixels;
    const double average = total / size;
    for (int64_t c = g * size; c < (g + 1) * size; ++c) {
      const double m = sums[c] / pixels;
      const double between = first[c] + m - average;
      within += sums[channels + c] / pixels - m * m + between * between;
    }
    mean[g] = static_cast<float>(average);
    inverse[g] = static_cast<float>(1 / std::sqrt(within / size + epsilon));
  }
}

// Mean and scale = gamma / sigma by channel.
static void Affine(const Sample& sample, const float* mean, const float* inverse, float* means, float* scale) {
  const int64_t size = sample.channels / sample.groups;
  for (int64_t c = 0; c < sample.channels; ++c) {
    scale[c] = inverse[c / size] * sample.gamma[c];
    means[c] = mean[c / size];
  }
}

template <typename Work>
static void ForEachSample(OpKernelContext* context, int64_t samples, int64_t elements, const Work& work) {
  const auto range = [&](int64_t begin, int64_t end) {
    for (int64_t index = begin; index < end; ++index) work(index);
  };
  const auto params = ThreadPool::SchedulingParams::Adaptive(4 * elements);
  context->device()->tensorflow_cpu_worker_threads()->workers->ParallelFor(samples, params, range);
}

class GroupNorm : public OpKernel {
 public:
  explicit GroupNorm(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("groups", &groups_));
    OP_REQUIRES_OK(context, context->GetAttr("epsilon", &epsilon_));
    OP_REQUIRES_OK(context, context->GetAttr("swish", &swish_));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    OP_REQUIRES(
        context, x.dims() == 3 && x.dim_size(2) % groups_ == 0 && x.dim_size(2) == context->input(1).NumElements(),
        absl::InvalidArgumentError("x must be [batch, pixels, channels], the channels divisible by the groups"));
    const TensorShape by_group({x.dim_size(0), groups_});
    Tensor *y, *mean, *inverse;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &y));
    OP_REQUIRES_OK(context, context->allocate_output(1, by_group, &mean));
    OP_REQUIRES_OK(context, context->allocate_output(2, by_group, &inverse));
    const Sample sample{x.dim_size(1), x.dim_size(2), groups_, context->input(1).flat<float>().data(),
                        context->input(2).flat<float>().data()};
    const int64_t elements = sample.pixels * sample.channels;
    const float* from = x.flat<float>().data();
    float *to = y->flat<float>().data(), *means = mean->flat<float>().data(), *inverses = inverse->flat<float>().data();
    if (elements == 0) return;
    ForEachSample(context, x.dim_size(0), elements, [&](int64_t index) {
      float *m = means + index * groups_, *i = inverses + index * groups_;
      Statistics(from + index * elements, sample, epsilon_, m, i);
      std::vector<float> channel(2 * sample.channels);
      float *by_channel = channel.data(), *scale = by_channel + sample.channels;
      Affine(sample, m, i, by_channel, scale);
      Normalize(from + index * elements, by_channel, scale, sample.beta, sample.pixels, sample.channels, swish_,
                to + index * elements);
    });
  }

 private:
  int groups_;
  float epsilon_;
  bool swish_;
};

class GroupNormGrad : public OpKernel {
 public:
  explicit GroupNormGrad(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("swish", &swish_));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &dy = context->input(0), &x = context->input(1), &mean = context->input(4);
    OP_REQUIRES(context, x.dims() == 3 && dy.shape() == x.shape() && mean.dims() == 2,
                absl::InvalidArgumentError("dy and x must be [batch, pixels, channels], the means [batch, groups]"));
    Tensor *dx, *dgamma, *dbeta;
    OP_REQUIRES_OK(context, context->allocate_output(0, x.shape(), &dx));
    OP_REQUIRES_OK(context, context->allocate_output(1, context->input(2).shape(), &dgamma));
    OP_REQUIRES_OK(context, context->allocate_output(2, context->input(2).shape(), &dbeta));
    const int64_t batch = x.dim_size(0), channels = x.dim_size(2);
    const Sample sample{x.dim_size(1), channels, mean.dim_size(1), context->input(2).flat<float>().data(),
                        context->input(3).flat<float>().data()};
    std::vector<float> sums(2 * batch * channels);
    ForEachSample(context, batch, 2 * sample.pixels * channels, [&](int64_t index) {
      const int64_t at = index * sample.pixels * channels;
      OfSample(dy.flat<float>().data() + at, x.flat<float>().data() + at, sample,
               mean.flat<float>().data() + index * sample.groups,
               context->input(5).flat<float>().data() + index * sample.groups, dx->flat<float>().data() + at,
               &sums[2 * index * channels]);
    });
    // One sample after the other, so that the sum is the same for any number of threads.
    float *gammas = dgamma->flat<float>().data(), *betas = dbeta->flat<float>().data();
    std::fill_n(gammas, channels, 0.0f);
    std::fill_n(betas, channels, 0.0f);
    for (int64_t index = 0; index < batch; ++index) {
      const float* of_sample = &sums[2 * index * channels];
      for (int64_t c = 0; c < channels; ++c) betas[c] += of_sample[c], gammas[c] += of_sample[channels + c];
    }
  }

 private:
  // dx = (gamma dz - mean(gamma dz) - x^ mean(gamma dz x^)) / sigma, the means over a group; leaves the sums of dz and
  // of dz x^.
  void OfSample(const float* dy, const float* x, const Sample& sample, const float* mean, const float* inverse,
                float* dx, float* sums) const {
    const auto [pixels, channels, groups, gamma, beta] = sample;
    std::vector<float> work(6 * channels);
    float *means = work.data(), *scale = means + channels, *a = scale + channels, *b = a + channels;
    float *sum = b + channels, *product = sum + channels;
    Affine(sample, mean, inverse, means, scale);
    for (int64_t pixel = 0; pixel < pixels; pixel += kBlock) {
      std::fill_n(sum, 2 * channels, 0.0f);
      const int64_t at = pixel * channels;
      Differentiate(dy + at, x + at, means, scale, beta, std::min(kBlock, pixels - pixel), channels, swish_, dx + at,
                    sum, product);
      for (int64_t c = 0; c < 2 * channels; ++c) sums[c] += sum[c];
    }
    const int64_t size = channels / groups;
    for (int64_t c = 0; c < channels; ++c) sums[channels + c] *= inverse[c / size];
    for (int64_t g = 0; g < groups; ++g) {
      float first = 0, second = 0;
      for (int64_t c = g * size; c < (g + 1) * size; ++c)
        first += gamma[c] * sums[c], second += gamma[c] * sums[channels + c];
      const float count = static_cast<float>(size * pixels);
      std::fill(a + g * size, a + (g + 1) * size, -inverse[g] * inverse[g] * second / count);
      std::fill(b + g * size, b + (g + 1) * size, -inverse[g] * first / count);
    }
    Combine(x, scale, means, a, b, pixels, channels, dx);
  }

  bool swish_;
};

REGISTER_KERNEL_BUILDER(Name("ExplabGroupNorm").Device(tensorflow::DEVICE_CPU), GroupNorm);
REGISTER_KERNEL_BUILDER(Name("ExplabGroupNormGrad").Device(tensorflow::DEVICE_CPU), GroupNormGrad);

}  // namespace explab
