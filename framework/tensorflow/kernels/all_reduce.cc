// All-reduce (sum) over all workers with MPI, as one operation.

#include <cstring>
#include <thread>
#include <vector>

#include "mpi.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

using tensorflow::AsyncOpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;

namespace explab {

// mpi: address of this process's Mpi object.
REGISTER_OP("ExplabAllReduce")
    .Input("x: N * float")
    .Output("y: N * float")
    .Attr("N: int >= 1")
    .Attr("mpi: int")
    .SetIsStateful()
    .SetShapeFn([](tensorflow::shape_inference::InferenceContext* context) {
      for (int i = 0; i < context->num_inputs(); ++i) context->set_output(i, context->input(i));
      return absl::OkStatus();
    });

class AllReduce : public AsyncOpKernel {
 public:
  explicit AllReduce(OpKernelConstruction* context) : AsyncOpKernel(context) {
    int64_t mpi = 0;
    OP_REQUIRES_OK(context, context->GetAttr("mpi", &mpi));
    mpi_ = reinterpret_cast<Mpi*>(mpi);
  }

  // It only starts a thread, so it need not wait for a free thread of TensorFlow: communication overlaps with computation.
  bool IsExpensive() override { return false; }

  void ComputeAsync(OpKernelContext* context, DoneCallback done) override {
    std::thread([this, context, done] {
      context->SetStatus(Reduce(context));
      mpi_->End();
      done();
    }).detach();
  }

 private:
  // Tensors with fewer than kSmall elements are summed in one buffer, larger ones in place. A buffer of at most kFew elements is
  // sent with the first message of the exchange.
  static constexpr int64_t kSmall = 1 << 16, kFew = 1 << 12;

  absl::Status Reduce(OpKernelContext* context) {
    std::vector<Tensor*> small, large;
    int64_t count = 0;
    for (int i = 0; i < context->num_inputs(); ++i) {
      Tensor* y = nullptr;
      if (auto status = Output(context, i, &y); !status.ok()) return status;
      count += y->NumElements();
      (y->NumElements() < kSmall ? small : large).push_back(y);
    }
    std::vector<float> buffer = Concatenate(small), none;
    const bool are_few = buffer.size() <= kFew;
    if (auto status = mpi_->Begin(count, are_few ? &buffer : &none); !status.ok()) return status;
    for (Tensor* y : large) {
      if (auto status = mpi_->Sum(y->flat<float>().data(), y->NumElements()); !status.ok()) return status;
    }
    if (!are_few) {
      if (auto status = mpi_->Sum(buffer.data(), buffer.size()); !status.ok()) return status;
    }
    Split(buffer, small);
    return absl::OkStatus();
  }

  // Output i, which holds input i: the input itself if nothing else needs it.
  static absl::Status Output(OpKernelContext* context, int i, Tensor** y) {
    const Tensor& x = context->input(i);
    if (auto status = context->forward_input_or_allocate_output({i}, i, x.shape(), y); !status.ok()) return status;
    const float* from = x.flat<float>().data();
    float* to = (*y)->flat<float>().data();
    if (to != from) std::memcpy(to, from, x.NumElements() * sizeof(float));
    return absl::OkStatus();
  }

  static std::vector<float> Concatenate(const std::vector<Tensor*>& tensors) {
    std::vector<float> buffer;
    for (Tensor* y : tensors) {
      const float* from = y->flat<float>().data();
      buffer.insert(buffer.end(), from, from + y->NumElements());
    }
    return buffer;
  }

  static void Split(const std::vector<float>& buffer, const std::vector<Tensor*>& tensors) {
    const float* from = buffer.data();
    for (Tensor* y : tensors) {
      std::memcpy(y->flat<float>().data(), from, y->NumElements() * sizeof(float));
      from += y->NumElements();
    }
  }

  Mpi* mpi_;
};

REGISTER_KERNEL_BUILDER(Name("ExplabAllReduce").Device(tensorflow::DEVICE_CPU), AllReduce);

}  // namespace explab
