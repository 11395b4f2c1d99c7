/** Exports charts as PNG. */

/** Data URL with a PNG of the chart with this label, drawn as canvas or SVG; null if there is none. */
export async function chartPng(label: string): Promise<string | null> {
  const selector = `[data-chart="${CSS.escape(label)}"]`;
  const canvas = document.querySelector<HTMLCanvasElement>(`canvas${selector}`);
  if (canvas !== null) return canvas.toDataURL('image/png');
  const svg = document.querySelector<SVGSVGElement>(`svg${selector}`);
  return svg === null ? null : svgToPng(svg);
}

const STYLES = ['fill', 'stroke', 'stroke-width', 'font', 'opacity'] as const;
const SCALE = 2;

/** Inlines computed styles into a copy, because an SVG image does not see the page's style sheet. */
async function svgToPng(svg: SVGSVGElement): Promise<string> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const originals = [...svg.querySelectorAll('*')];
  for (const [at, element] of [...copy.querySelectorAll('*')].entries()) {
    const original = originals[at];
    if (original === undefined) continue;
    const style = getComputedStyle(original);
    for (const name of STYLES) element.setAttribute(name, style.getPropertyValue(name));
  }
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.width.baseVal.value * SCALE;
  canvas.height = svg.height.baseVal.value * SCALE;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('Canvas is not available in this browser');
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--panel').trim();
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}
