import type { AmqpError } from './amqp-error.ts';
import { errorOfStatus, type FrameFault } from './frame-faults.ts';

/** What a connection can be made to do with a frame. */
export interface Misbehaving {
  /** Handles the frame as ever. */
  proceed(): void;
  /** Answers the frame with an error: of the link, the delivery or the connection, as the frame has it. */
  refuse(error: AmqpError): void;
  /** Sends no more, reads no more. */
  fallSilent(): void;
  /** Throws away what is not sent yet, and ends the connection: with FIN, or a reset. */
  cut(withReset: boolean): void;
  /** Frames that follow wait too. */
  hold(delayMs: number): void;
  writeRaw(bytes: Buffer): void;
}

/** A cut *request* took no effect; a cut *response* did, and the client is in doubt. */
export function misbehave(fault: FrameFault, frame: Misbehaving): void {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'slow':
      frame.hold(fault.delayMs);
      return;
    case 'wrongBody':
      frame.writeRaw(Buffer.from(fault.body));
      return;
    case 'status':
      frame.refuse(errorOfStatus(fault));
      return;
    default:
      if (fault.kind === 'cutResponse') frame.proceed();
      if (fault.afterwards === 'silence') frame.fallSilent();
      else frame.cut(fault.afterwards === 'rst');
  }
}
