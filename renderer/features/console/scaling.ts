/** How large the guest's picture is shown. Sizes of the picture are device pixels, of the window CSS pixels. */
export type Scaling = 'exact' | 'fit' | 'stretch';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ShownPicture {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Drawn without smoothing: every guest pixel is a whole number of device pixels. */
  readonly isCrisp: boolean;
}

/**
 * 'exact': one guest pixel is one device pixel, doubled and so on with the host's own scaling so that it stays readable.
 * 'fit' keeps the shape and takes a whole factor where that loses little; 'stretch' fills the room.
 */
export function shownSize(picture: Size, room: Size, devicePixelRatio: number, scaling: Scaling): ShownPicture {
  if (scaling === 'exact') return scaledBy(picture, Math.max(1, Math.floor(devicePixelRatio)), devicePixelRatio);
  if (scaling === 'stretch') return { width: room.width, height: room.height, isCrisp: false };
  const factor = Math.min(
    (room.width * devicePixelRatio) / picture.width,
    (room.height * devicePixelRatio) / picture.height,
  );
  const whole = Math.floor(factor);
  if (whole >= 1 && factor / whole < WHOLE_FACTOR_LOSS) return scaledBy(picture, whole, devicePixelRatio);
  return scaledBy(picture, Math.max(factor, 0), devicePixelRatio);
}

/** Where a picture stands in a room of the same kind of pixels: as large as it goes, a whole factor where it grows. */
export function centred(picture: Size, room: Size): Size & { readonly x: number; readonly y: number } {
  const factor = Math.min(room.width / picture.width, room.height / picture.height);
  const used = factor >= 1 ? Math.floor(factor) : factor;
  const width = Math.round(picture.width * used);
  const height = Math.round(picture.height * used);
  return { x: Math.floor((room.width - width) / 2), y: Math.floor((room.height - height) / 2), width, height };
}

/** A whole factor is taken if the exact one is less than this many times as large. */
const WHOLE_FACTOR_LOSS = 1.1;

function scaledBy(picture: Size, factor: number, devicePixelRatio: number): ShownPicture {
  return {
    width: (picture.width * factor) / devicePixelRatio,
    height: (picture.height * factor) / devicePixelRatio,
    isCrisp: Number.isInteger(factor),
  };
}
