import { type Pointer, DataType, call, memory } from './c-api';

/** Typed arrays that can be copied into a native tensor. */
export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

/** Copies numbers into a new native tensor. @returns the tensor; the caller deletes it */
export function nativeTensor(type: number, shape: readonly number[], numbers: Numbers): Pointer {
  const sides = BigInt64Array.from(shape, BigInt);
  const tensor = call<Pointer>('TF_AllocateTensor', type, sides, shape.length, numbers.byteLength);
  if (numbers.byteLength > 0) {
    const target = memory(call<Pointer>('TF_TensorData', tensor), numbers.byteLength);
    target.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
  return tensor;
}

/** Size of a string element in a tensor: a TF_TString, which TensorFlow's functions fill. */
const STRING_BYTES = 24;

/** Copies strings into a new native tensor. @param shape must have texts.length elements @returns the tensor; the caller deletes it */
export function textTensor(shape: readonly number[], texts: readonly string[]): Pointer {
  const bytes = STRING_BYTES * texts.length;
  const tensor = call<Pointer>(
    'TF_AllocateTensor',
    DataType.string,
    BigInt64Array.from(shape, BigInt),
    shape.length,
    bytes,
  );
  const slots = bytes > 0 ? memory(call<Pointer>('TF_TensorData', tensor), bytes) : new Uint8Array();
  for (const [index, text] of texts.entries()) {
    const slot = slots.subarray(STRING_BYTES * index);
    const encoded = Buffer.from(text);
    call('TF_StringInit', slot);
    call('TF_StringCopy', slot, encoded, encoded.length);
  }
  return tensor;
}

/** Copy of the contents of a native tensor. */
export function contents(tensor: Pointer): { type: number; shape: number[]; numbers: Numbers } {
  const type = call<number>('TF_TensorType', tensor);
  const rank = call<number>('TF_NumDims', tensor);
  const shape = Array.from({ length: rank }, (_, axis) => Number(call<number | bigint>('TF_Dim', tensor, axis)));
  const bytes = Number(call<number | bigint>('TF_TensorByteSize', tensor));
  const copy = bytes === 0 ? new ArrayBuffer(0) : memory(call<Pointer>('TF_TensorData', tensor), bytes).slice().buffer;
  return { type, shape, numbers: numbersOf(type, copy) };
}

/** View of the float32 values of a native tensor, valid until it is deleted. */
export function view(tensor: Pointer): Float32Array {
  const bytes = Number(call<number | bigint>('TF_TensorByteSize', tensor));
  if (bytes === 0) return new Float32Array();
  const { buffer, byteOffset } = memory(call<Pointer>('TF_TensorData', tensor), bytes);
  return new Float32Array(buffer, byteOffset, bytes / Float32Array.BYTES_PER_ELEMENT);
}

function numbersOf(type: number, bytes: ArrayBuffer): Numbers {
  if (type === DataType.float32) return new Float32Array(bytes);
  if (type === DataType.float64) return new Float64Array(bytes);
  if (type === DataType.int32) return new Int32Array(bytes);
  if (type === DataType.int64) return new BigInt64Array(bytes);
  if (type === DataType.bool || type === DataType.uint8) return new Uint8Array(bytes);
  throw new Error(`Tensors of TensorFlow's type ${type} cannot be read here.`);
}

export function deleteTensors(tensors: readonly Pointer[]): void {
  for (const tensor of tensors) call('TF_DeleteTensor', tensor);
}
