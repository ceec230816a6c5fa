// The sum over all workers of a ring, as one operation.

#include <cstring>
#include <thread>

#include "ring.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

using tensorflow::AsyncOpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;

namespace explab {

// ring: the address of this process's Ring. It takes tensors as they lie: none is copied together with others.
REGISTER_OP("ExplabAllReduce")
    .Input("x: N * float")
    .Output("y: N * float")
    .Attr("N: int >= 1")
    .Attr("ring: int")
    .Attr("divisor: float = 1")
    .SetIsStateful()
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
      for (int i = 0; i < context->num_inputs(); ++i) context->set_output(i, context->input(i));
      return absl::OkStatus();
    });

class AllReduce : public AsyncOpKernel {
 public:
  explicit AllReduce(OpKernelConstruction* context) : AsyncOpKernel(context) {
    int64_t ring = 0;
    OP_REQUIRES_OK(context, context->GetAttr("ring", &ring));
    OP_REQUIRES_OK(context, context->GetAttr("divisor", &divisor_));
    ring_ = reinterpret_cast<Ring*>(ring);
  }

  // It only starts a thread, so it need not wait for one of TensorFlow's to be free: numbers travel while others are computed.
  bool IsExpensive() override { return false; }

  void ComputeAsync(OpKernelContext* context, DoneCallback done) override {
    std::thread([this, context, done] {
      context->SetStatus(Reduce(context));
      done();
    }).detach();
  }

 private:
  absl::Status Reduce(OpKernelContext* context) {
    std::vector<Span> spans;
    for (int i = 0; i < context->num_inputs(); ++i) {
      const Tensor& x = context->input(i);
      const float* from = x.flat<float>().data();
      const int64_t count = x.NumElements();
      Tensor* y = nullptr;
      auto status = context->forward_input_or_allocate_output({i}, i, x.shape(), &y);
      if (!status.ok()) return status;
      float* to = y->flat<float>().data();
      if (to != from) std::memcpy(to, from, count * sizeof(float));
      if (count > 0) spans.push_back({to, count});
    }
    return ring_->AllReduce(Numbers(std::move(spans)), divisor_);
  }

  Ring* ring_;
  float divisor_;
};

REGISTER_KERNEL_BUILDER(Name("ExplabAllReduce").Device(tensorflow::DEVICE_CPU), AllReduce);

}  // namespace explab
