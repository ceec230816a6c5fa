import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';

/** Timeout for a connection to prove that it is a worker of this run. */
const PROOF_SECONDS = 5;
/** Length of a challenge and of a proof, an HMAC-SHA256. */
const BYTES = 32;

/**
 * Proves to the other end of a connection that this process knows the secret of the cluster, and has it prove the same, before any
 * message is parsed. Each sends a random challenge; the proof is the HMAC-SHA256 of both challenges and the sender's role. The
 * worker proves first, so that the chief reveals nothing to unauthenticated peers that could be used elsewhere. Later messages are not encrypted.
 * @param role role of this process
 * @returns whether the other end has proven that it knows the secret; otherwise the socket is closed
 */
export async function proveSecret(socket: Socket, secret: string, role: 'chief' | 'worker'): Promise<boolean> {
  // An error closes the socket, which ends the wait.
  socket.on('error', () => undefined);
  const timeout = setTimeout(() => socket.destroy(), PROOF_SECONDS * 1000);
  try {
    const own = randomBytes(BYTES);
    socket.write(own);
    const other = await readBytes(socket);
    const challenges = role === 'chief' ? [own, other] : [other, own];
    const proofOf = (prover: string) =>
      createHmac('sha256', secret)
        .update(Buffer.concat([Buffer.from(prover), ...challenges]))
        .digest();
    if (role === 'worker') socket.write(proofOf('worker'));
    const isProven = timingSafeEqual(await readBytes(socket), proofOf(role === 'chief' ? 'worker' : 'chief'));
    if (!isProven) throw new Error('wrong secret');
    if (role === 'chief') socket.write(proofOf('chief'));
    return true;
  } catch {
    socket.destroy();
    return false;
  } finally {
    clearTimeout(timeout);
  }
}

/** Reads one challenge or proof; later bytes stay in the socket. @throws Error if the connection ends first */
async function readBytes(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let missing = BYTES; missing > 0;) {
    if (socket.destroyed) throw new Error('the connection was closed');
    const part = socket.read(Math.min(missing, socket.readableLength)) as Buffer | null;
    if (part === null) await waitUntilReadable(socket);
    else parts.push(part);
    missing -= part?.length ?? 0;
  }
  return Buffer.concat(parts);
}

/** Waits until the socket is readable or closed. */
function waitUntilReadable(socket: Socket): Promise<void> {
  return new Promise((done) => {
    const wake = () => {
      socket.off('readable', wake).off('close', wake);
      done();
    };
    socket.on('readable', wake).on('close', wake);
  });
}
