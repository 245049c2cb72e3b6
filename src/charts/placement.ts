import { textWidth } from './text.ts';
import { FONT_SIZE } from './theme.ts';

/** A point of the plot in px, y downwards. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** How a text hangs on its anchor. */
export interface Hang {
  readonly align: 'left' | 'right';
  readonly baseline: 'top' | 'bottom';
  readonly dx: number;
  readonly dy: number;
}

/** Anchor and hang of a text, in px; `id` tells the caller which place was taken. */
export interface Place<Id> extends Hang {
  readonly id: Id;
  readonly anchor: Spot;
}

/** Lines of text are this far apart. */
export const LINE_HEIGHT = FONT_SIZE + 3;

/** Free px wanted around a text. */
const MARGIN = 2;

/**
 * The place whose text covers the fewest points; the first of equals.
 *
 * @param lines of the text
 * @param places in order of preference, at least one
 * @param points that should stay visible, lines as points along them
 */
export function emptiestPlace<Id>(
  lines: readonly string[],
  places: readonly [Place<Id>, ...Place<Id>[]],
  points: readonly Spot[],
): Place<Id> {
  const width = Math.max(...lines.map((line) => textWidth(line, FONT_SIZE)));
  const height = LINE_HEIGHT * lines.length;
  const covered = (place: Place<Id>) => {
    const x = place.anchor.x + place.dx - (place.align === 'right' ? width : 0);
    const y = place.anchor.y + place.dy - (place.baseline === 'bottom' ? height : 0);
    return points.filter(
      (point) =>
        point.x > x - MARGIN &&
        point.x < x + width + MARGIN &&
        point.y > y - MARGIN &&
        point.y < y + height + MARGIN,
    ).length;
  };
  return places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
}

/** Points along a straight line, close enough that no text slips between them. */
export function alongLine(from: Spot, to: Spot): Spot[] {
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 4) || 1;
  return Array.from({ length: steps + 1 }, (_, i) => ({
    x: from.x + ((to.x - from.x) * i) / steps,
    y: from.y + ((to.y - from.y) * i) / steps,
  }));
}
