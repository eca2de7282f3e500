/** How a BIOS is to count a disk's sectors. */
export interface LogicalGeometry {
  readonly heads: number;
  readonly sectors: number;
}

/** What a disk says of itself. */
export interface Geometry extends LogicalGeometry {
  readonly cylinders: number;
}

const MOST_CYLINDERS = 16383;
const MOST_HEADS = 16;
const USUAL: LogicalGeometry = { heads: MOST_HEADS, sectors: 63 };

/** The disk's own geometry: that which it was divided with, if a disk can have so many heads, else 16 heads of 63 sectors. */
export function physicalGeometry(sectorCount: number, logical?: LogicalGeometry): Geometry {
  const { heads, sectors } = logical === undefined || logical.heads > MOST_HEADS ? USUAL : logical;
  return {
    cylinders: Math.max(1, Math.min(MOST_CYLINDERS, Math.floor(sectorCount / (heads * sectors)))),
    heads,
    sectors,
  };
}
