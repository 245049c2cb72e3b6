import { alongLine, emptiestPlace, type Place, type Spot } from './placement.ts';
import type { MeasurePoint } from './series.ts';
import type { Axes, Layer } from './spec.ts';

/** From a size and a value to px. */
export type At = (size: number, value: number) => Spot;

/** A line's name, and the side on which no other line runs. */
export interface LineName {
  readonly text: string;
  readonly color: string;
  readonly points: readonly MeasurePoint[];
  readonly side: 'over' | 'under';
}

/** px along the lines between points, and along their bars. */
export function lineSpots(points: readonly MeasurePoint[], at: At): Spot[] {
  return points.flatMap((point, i) => {
    const next = points[i + 1] ?? point;
    return [
      ...alongLine(at(point.size, point.lower), at(point.size, point.upper)),
      ...alongLine(at(point.size, point.value), at(next.size, next.value)),
    ];
  });
}

/**
 * Names a falling line at its first or last point, wherever the name covers least.
 *
 * @param drawn px of all that is drawn
 */
export function nameLine(axes: Axes, at: At, drawn: readonly Spot[], name: LineName): Layer[] {
  const [first, last] = [name.points[0], name.points.at(-1)];
  if (!first || !last) return [];
  const anchored = (point: MeasurePoint) => ({ id: point, anchor: at(point.size, point.value) });
  const over = { ...anchored(first), align: 'left', baseline: 'bottom', dx: -4, dy: -7 } as const;
  const under = { ...anchored(last), align: 'right', baseline: 'top', dx: 4, dy: 7 } as const;
  const places: [Place<MeasurePoint>, ...Place<MeasurePoint>[]] = [
    name.side === 'over' ? over : under,
    name.side === 'over' ? under : over,
    // Next to the point, for a bar that crosses the places above and below it.
    { ...under, dx: -9, dy: 3 },
    { ...over, dx: 9, dy: -3 },
  ];
  const { id: point, anchor: _, ...hang } = emptiestPlace([name.text], places, drawn);
  return [
    {
      data: { values: [{}] },
      mark: { type: 'text', text: name.text, color: name.color, ...hang },
      encoding: { x: axes.x({ datum: point.size }), y: axes.y({ datum: point.value }) },
    },
  ];
}
