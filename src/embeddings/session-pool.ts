import type { Session } from './session.ts';

/**
 * Several sessions of one model, for example one per device, behind one interface. Each run goes to the
 * session with the shortest queue. Each run has its own promise; callers restore the order.
 */
export function poolOf(sessions: readonly [Session, ...Session[]]): Session {
  const queues = sessions.map((session) => ({ session, waiting: 0 }));
  return {
    async run(...images) {
      const queue = queues.reduce((a, b) => (b.waiting < a.waiting ? b : a));
      queue.waiting++;
      try {
        return await queue.session.run(...images);
      } finally {
        queue.waiting--;
      }
    },
    busy: () => sessions.reduce((sum, session) => sum + session.busy(), 0) / sessions.length,
    async close() {
      await Promise.all(sessions.map((session) => session.close()));
    },
  };
}

/**
 * Opens one session at each place.
 * @throws the first error of `open`; sessions that did open are closed
 */
export async function openPool<Place>(
  places: readonly Place[],
  open: (place: Place) => Promise<Session>,
): Promise<Session> {
  const outcomes = await Promise.allSettled(places.map(open));
  const opened = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = outcomes.find((each) => each.status === 'rejected');
  if (failed) {
    await Promise.all(opened.map((session) => session.close()));
    throw failed.reason;
  }
  const [first, ...others] = opened;
  if (!first) throw new Error('a pool needs a place');
  return poolOf([first, ...others]);
}
