/** A place in the queue for bytes. */
export interface Ticket {
  /** Waits until this many bytes may be held; earlier tickets come first. */
  take(bytes: number): Promise<void>;
  /** Returns the bytes, or leaves the queue. */
  give(): void;
}

interface Place {
  bytes: number | undefined;
  held: boolean;
  grant: () => void;
}

/**
 * Limits the bytes held in memory at once. They are granted in the order of the tickets, not of the
 * requests, so that the image needed next is served first. One request is always served.
 */
export class Budget {
  readonly #most: number;
  readonly #line: Place[] = [];
  #held = 0;
  #holders = 0;

  constructor(most: number) {
    this.#most = most;
  }

  ticket(): Ticket {
    const place: Place = { bytes: undefined, held: false, grant() {} };
    this.#line.push(place);
    return {
      take: (bytes) =>
        new Promise((resolve) => {
          place.bytes = bytes;
          place.grant = resolve;
          this.#serve();
        }),
      give: () => {
        if (place.held) {
          place.held = false;
          this.#held -= place.bytes!;
          this.#holders--;
        } else {
          const at = this.#line.indexOf(place);
          if (at >= 0) this.#line.splice(at, 1);
        }
        this.#serve();
      },
    };
  }

  #serve(): void {
    for (;;) {
      const [first] = this.#line;
      if (first?.bytes === undefined) return;
      if (this.#holders > 0 && this.#held + first.bytes > this.#most) return;
      this.#line.shift();
      first.held = true;
      this.#held += first.bytes;
      this.#holders++;
      first.grant();
    }
  }
}
