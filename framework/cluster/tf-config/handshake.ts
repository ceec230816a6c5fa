import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';

/** Seconds that a connection has to prove that it is a worker of this run. */
const PROOF_SECONDS = 5;
/** Length of a challenge and of a proof, an HMAC-SHA256. */
const BYTES = 32;

/**
 * Proves to the other end of a connection that this process knows the secret of the cluster, and has it prove the same, before anything
 * that it sends is parsed. Each sends a random challenge; the proof is the HMAC-SHA256 of both challenges and the sender's role. The
 * worker proves first, so that the chief says nothing to strangers that could be used elsewhere. What is sent afterwards is not encrypted.
 * @param role which end this process is
 * @returns whether the other end has proven itself; otherwise the socket is closed
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

/** Reads one challenge or proof; what follows is left in the socket. @throws Error where the connection ends before */
async function readBytes(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let missing = BYTES; missing > 0;) {
    if (socket.destroyed) throw new Error('the connection has ended');
    const part = socket.read(Math.min(missing, socket.readableLength)) as Buffer | null;
    if (part === null) await wakened(socket);
    else parts.push(part);
    missing -= part?.length ?? 0;
  }
  return Buffer.concat(parts);
}

/** Waits until there is something to read, or nothing any more. */
function wakened(socket: Socket): Promise<void> {
  return new Promise((done) => {
    const wake = () => {
      socket.off('readable', wake).off('close', wake);
      done();
    };
    socket.on('readable', wake).on('close', wake);
  });
}
