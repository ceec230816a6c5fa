import koffi from 'koffi';
import { join } from 'node:path';
import { PLATFORM } from '../install/platform';
import { libraryFolder } from '../load';

declare const opaque: unique symbol;
/** Pointer to an object of TensorFlow: a graph, an operation, a status, ... */
export interface Pointer {
  readonly [opaque]: true;
}

/** One output of an operation: `TF_Output`. */
export interface Output {
  readonly oper: Pointer;
  readonly index: number;
}

/** Shape and type that TensorFlow has inferred for an output. */
export interface Inferred {
  readonly output: Output;
  readonly shape: number[];
  readonly dtype: number;
}

/** TensorFlow's codes of element types. */
export const DataType = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  resource: 20,
  uint64: 23,
} as const;

/** The C functions used here; documented in TensorFlow's c_api.h. */
const SIGNATURES = [
  'void* TF_NewStatus()',
  'void TF_DeleteStatus(void*)',
  'int TF_GetCode(void*)',
  'const char* TF_Message(void*)',
  'void* TF_LoadLibrary(const char*, void*)',
  'void* TF_NewBuffer()',
  'void* TF_NewBufferFromString(const void*, size_t)',
  'void TF_DeleteBuffer(void*)',
  'void* TF_NewGraph()',
  'void TF_DeleteGraph(void*)',
  'void TF_GraphToGraphDef(void*, void*, void*)',
  'void* TF_GraphToFunction(void*, const char*, unsigned char, int, void*, int, const TF_Output*, int, const TF_Output*, void*, void*, const char*, void*)',
  'void TF_GraphCopyFunction(void*, void*, void*, void*)',
  'void TF_DeleteFunction(void*)',
  'void TF_GraphGetOpDef(void*, const char*, void*, void*)',
  'void* TF_NewOperation(void*, const char*, const char*)',
  'void TF_AddInput(void*, TF_Output)',
  'void TF_AddInputList(void*, const TF_Output*, int)',
  'void TF_AddControlInput(void*, void*)',
  'void TF_SetAttrType(void*, const char*, int)',
  'void TF_SetAttrTypeList(void*, const char*, const int*, int)',
  'void TF_SetAttrString(void*, const char*, const void*, size_t)',
  'void TF_SetAttrInt(void*, const char*, int64_t)',
  'void TF_SetAttrIntList(void*, const char*, const int64_t*, int)',
  'void TF_SetAttrFloat(void*, const char*, float)',
  'void TF_SetAttrBool(void*, const char*, unsigned char)',
  'void TF_SetAttrShape(void*, const char*, const int64_t*, int)',
  'void TF_SetAttrTensor(void*, const char*, void*, void*)',
  'void TF_SetAttrFuncName(void*, const char*, const char*, size_t)',
  'void* TF_FinishOperation(void*, void*)',
  'const char* TF_OperationName(void*)',
  'int TF_OperationNumOutputs(void*)',
  'int TF_OperationOutputType(TF_Output)',
  'int TF_GraphGetTensorNumDims(void*, TF_Output, void*)',
  'void TF_GraphGetTensorShape(void*, TF_Output, _Out_ int64_t*, int, void*)',
  'void* TF_AllocateTensor(int, const int64_t*, int, size_t)',
  'void* TF_TensorData(void*)',
  'size_t TF_TensorByteSize(void*)',
  'int TF_NumDims(void*)',
  'int64_t TF_Dim(void*, int)',
  'int TF_TensorType(void*)',
  'void TF_DeleteTensor(void*)',
  'void TF_StringInit(void*)',
  'void TF_StringCopy(void*, const void*, size_t)',
  'void* TF_NewSessionOptions()',
  'void TF_SetConfig(void*, const void*, size_t, void*)',
  'void TF_SetTarget(void*, const char*)',
  'void TF_DeleteSessionOptions(void*)',
  'void* TF_NewServer(const void*, size_t, void*)',
  'void TF_ServerStart(void*, void*)',
  'const char* TF_ServerTarget(void*)',
  'void* TF_NewSession(void*, void*, void*)',
  'void TF_CloseSession(void*, void*)',
  'void TF_DeleteSession(void*, void*)',
  'void TF_SessionRun(void*, void*, const TF_Output*, void**, int, const TF_Output*, _Out_ void**, int, const void**, int, void*, void*)',
];

type Native = (...values: unknown[]) => unknown;
type Functions = Readonly<Record<string, Native & { async: (...values: unknown[]) => void }>>;

/** Memory filled by TensorFlow: `TF_Buffer`. */
const BUFFER = koffi.struct('TF_Buffer', { data: 'void*', length: 'size_t', data_deallocator: 'void*' });
koffi.struct('TF_Output', { oper: 'void*', index: 'int' });

let functions: Functions | undefined;

/** TensorFlow's C functions, from the library loaded by the addon. @throws Error before `loadTensorFlow` */
function library(): Functions {
  functions ??= load();
  return functions;
}

function load(): Functions {
  const folder = libraryFolder();
  const [cc, framework] = PLATFORM.libraries;
  koffi.load(join(folder, framework), { global: true });
  const loaded = koffi.load(join(folder, cc), { global: true });
  const named = SIGNATURES.map((signature) => [
    /TF_\w+(?=\()/.exec(signature)?.[0] ?? signature,
    loaded.func(signature),
  ]);
  return Object.fromEntries(named) as Functions;
}

/** Error of a failed call of TensorFlow. */
export class TensorFlowError extends Error {
  /** @param code TensorFlow's error code: `TF_Code` of its c_api.h */
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** Calls a C function. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the return type of the C function
export function call<T = void>(name: string, ...values: unknown[]): T {
  return native(name)(...values) as T;
}

/** Calls a C function whose last argument is a status. @throws Error with TensorFlow's own message */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the return type of the C function
export function checked<T = void>(name: string, ...values: unknown[]): T {
  const status = call<Pointer>('TF_NewStatus');
  const result = call<T>(name, ...values, status);
  check(status);
  return result;
}

/** Calls a C function whose last argument is a status, off the main thread. */
export async function checkedAsync(name: string, ...values: unknown[]): Promise<void> {
  const status = call<Pointer>('TF_NewStatus');
  await new Promise<void>((done, fail) => {
    native(name).async(...values, status, (error: Error | null) => (error ? fail(error) : done()));
  });
  check(status);
}

/** Calls a C function that writes into a buffer, its last argument before the status. @returns the bytes written */
export function bufferFrom(name: string, ...values: unknown[]): Buffer {
  const buffer = call<Pointer>('TF_NewBuffer');
  try {
    checked(name, ...values, buffer);
    return bytesIn(buffer);
  } finally {
    call('TF_DeleteBuffer', buffer);
  }
}

/** Copy of the contents of a TF_Buffer. */
export function bytesIn(buffer: Pointer): Buffer {
  const { data, length } = koffi.decode(buffer, BUFFER) as { data: Pointer | null; length: number | bigint };
  return data ? Buffer.from(koffi.view(data, Number(length)).slice(0)) : Buffer.alloc(0);
}

/** The memory at an address, not copied. */
export function memory(address: Pointer, bytes: number): Uint8Array {
  return new Uint8Array(koffi.view(address, bytes));
}

function native(name: string): Functions[string] {
  const nativeFunction = library()[name];
  if (!nativeFunction) throw new Error(`${name} is not declared`);
  return nativeFunction;
}

function check(status: Pointer): void {
  const code = call<number>('TF_GetCode', status);
  const message = code === 0 ? '' : call<string>('TF_Message', status);
  call('TF_DeleteStatus', status);
  if (code !== 0) throw new TensorFlowError(message, code);
}
