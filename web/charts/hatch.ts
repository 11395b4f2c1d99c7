/** Fills what is not complete with stripes of its colour. */

const SIZE_PX = 6;

/** A pattern of stripes; the colour itself where canvas is not available. */
export function hatch(colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = SIZE_PX;
  tile.height = SIZE_PX;
  const context = tile.getContext('2d');
  if (context === null) return colour;
  context.fillStyle = `${colour}22`;
  context.fillRect(0, 0, SIZE_PX, SIZE_PX);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  // Three parallel strokes, so that tiles join.
  for (const shift of [-SIZE_PX, 0, SIZE_PX]) {
    context.beginPath();
    context.moveTo(shift, SIZE_PX);
    context.lineTo(shift + SIZE_PX, 0);
    context.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? colour;
}
