import { below, type Canvas, type Colour, colour, createCanvas, ellipse, hills, mix, randomFrom } from './painter.ts'

/** Paints one picture of the demonstration, as PNG. */
export type Scene = () => Buffer

const size = { width: 1_440, height: 1_080 }

type Range = Readonly<{
  sky: readonly [string, string]
  far: string
  near: string
  sun: string
  seed: number
  roughness: number
}>

/** Ranges of mountains one behind the other, paler with distance. */
export function mountains({ sky, far, near, sun, seed, roughness }: Range): Scene {
  return () => {
    const canvas = createCanvas(size.width, size.height)
    const [top, bottom] = [colour(sky[0]), colour(sky[1])]
    canvas.fill((_, y) => mix(top, bottom, y / (canvas.height * 0.7)))
    const random = randomFrom(seed)
    const centre = [canvas.width * (0.25 + random() * 0.5), canvas.height * (0.2 + random() * 0.15)] as const
    canvas.paint(ellipse(centre[0], centre[1], 320, 320), () => colour(sun), { opacity: 0.25, softness: 420 })
    canvas.paint(ellipse(centre[0], centre[1], 74, 74), () => colour(sun), { opacity: 0.95, softness: 6 })
    const layers = 6
    for (let layer = 0; layer < layers; layer++) {
      const depth = layer / (layers - 1)
      const line = hills(canvas.height * (0.45 + depth * 0.42), 60 + depth * 50, roughness, seed * 31 + layer)
      const tint = mix(colour(far), colour(near), depth)
      canvas.paint(below(line), (x, y) => mix(tint, bottom, Math.max(0, 0.35 - (y - line(x)) / 900) * (1 - depth)))
    }
    return canvas.toPng()
  }
}

type Table = Readonly<{ cloth: string; wall: string; light: string; seed: number }>

function setTable(canvas: Canvas, { cloth, wall, light }: Table): void {
  const [dark, lit] = [colour(wall), mix(colour(wall), colour(light), 0.55)]
  canvas.fill((x, y) => mix(dark, lit, Math.exp(-Math.hypot(x - canvas.width * 0.3, y - canvas.height * 0.2) / 700)))
  const edge = canvas.height * 0.58
  const base = colour(cloth)
  canvas.paint(
    below(() => edge),
    (x, y) => {
      const fold = 0.04 * Math.sin(x / 46 + y / 90) + 0.03 * Math.sin(x / 17 - y / 30)
      return mix(base, [0, 0, 0], 0.12 + fold + (y - edge) / 1_900)
    },
  )
}

/** A round thing lit from the upper left, with its shadow. */
function ball(
  canvas: Canvas,
  place: { x: number; y: number; rx: number; ry: number; angle?: number },
  tint: Colour,
): void {
  const { x: cx, y: cy, rx, ry, angle = 0 } = place
  canvas.paint(ellipse(cx + rx * 0.2, cy + ry * 0.75, rx * 1.1, ry * 0.4), () => [0, 0, 0], {
    opacity: 0.35,
    softness: 60,
  })
  canvas.paint(ellipse(cx, cy, rx, ry, angle), (x, y) => {
    const light = Math.exp(-Math.hypot((x - cx + rx * 0.35) / rx, (y - cy + ry * 0.45) / ry) * 1.1)
    return mix(mix(tint, [0, 0, 0], 0.55), mix(tint, [1, 1, 1], 0.45), light * 1.15)
  })
}

/** Loaves on a cloth, each with its cuts. */
export function loaves(table: Table & Readonly<{ crust: string }>): Scene {
  return () => {
    const canvas = createCanvas(size.width, size.height)
    setTable(canvas, table)
    const random = randomFrom(table.seed)
    const spots = [
      [0.27, 0.56],
      [0.7, 0.55],
      [0.47, 0.72],
      [0.85, 0.78],
      [0.16, 0.82],
    ] as const
    for (const [fx, fy] of spots) {
      const place = {
        x: canvas.width * (fx + (random() - 0.5) * 0.06),
        y: canvas.height * fy,
        rx: 150 + random() * 90,
        ry: 92 + random() * 40,
        angle: (random() - 0.5) * 0.7,
      }
      ball(canvas, place, mix(colour(table.crust), colour('#5a2e12'), random() * 0.4))
      for (const cut of [-0.45, 0, 0.45]) {
        const [dx, dy] = [
          Math.cos(place.angle) * place.rx * cut,
          Math.sin(place.angle) * place.rx * cut - place.ry * 0.25,
        ]
        const slit = ellipse(place.x + dx, place.y + dy, 58, 9, place.angle + 1.1)
        canvas.paint(slit, () => colour('#f3ddb4'), { opacity: 0.85, softness: 8 })
      }
    }
    return canvas.toPng()
  }
}

/** Bowls and vases on a shelf, with a rim and a drop of glaze. */
export function bowls(table: Table & Readonly<{ glazes: readonly string[] }>): Scene {
  return () => {
    const canvas = createCanvas(size.width, size.height)
    setTable(canvas, table)
    const random = randomFrom(table.seed)
    table.glazes.forEach((glaze, index) => {
      const share = (index + 0.5) / table.glazes.length
      const rx = 105 + random() * 60
      const ry = rx * (0.75 + random() * 0.5)
      const place = {
        x: canvas.width * (0.08 + share * 0.84),
        y: canvas.height * 0.6 - ry * 0.35 + (index % 2) * 110,
        rx,
        ry,
      }
      ball(canvas, place, colour(glaze))
      const rim = place.y - ry * 0.82
      canvas.paint(ellipse(place.x, rim, rx * 0.55, rx * 0.16), () => mix(colour(glaze), [1, 1, 1], 0.35))
      canvas.paint(ellipse(place.x, rim + 3, rx * 0.47, rx * 0.115), () => mix(colour(glaze), [0, 0, 0], 0.65), {
        softness: 4,
      })
      canvas.paint(ellipse(place.x - rx * 0.38, place.y - ry * 0.3, rx * 0.1, ry * 0.2, 0.4), () => [1, 1, 1], {
        opacity: 0.5,
        softness: 26,
      })
    })
    return canvas.toPng()
  }
}

/** A sign for an avatar: one shape on one colour. */
export function emblem(ground: string, figure: string, kind: 'peak' | 'loaf' | 'bowl' | 'face'): Scene {
  return () => {
    const canvas = createCanvas(512, 512)
    const [base, tint] = [colour(ground), colour(figure)]
    canvas.fill((x, y) => mix(base, [1, 1, 1], 0.12 * (1 - (x + y) / 1_024)))
    if (kind === 'peak') {
      canvas.paint(
        below((x) => 140 + Math.abs(x - 300) * 1.15),
        () => tint,
        { softness: 2 },
      )
      canvas.paint(
        below((x) => 250 + Math.abs(x - 150) * 0.9),
        () => mix(tint, base, 0.35),
        { softness: 2 },
      )
    }
    if (kind === 'loaf') ball(canvas, { x: 256, y: 270, rx: 170, ry: 110, angle: -0.3 }, tint)
    if (kind === 'bowl') {
      canvas.paint(
        (x, y) => Math.max(ellipse(256, 220, 170, 190)(x, y), 220 - y),
        () => tint,
        { softness: 2 },
      )
      canvas.paint(ellipse(256, 220, 170, 34), () => mix(tint, [0, 0, 0], 0.35))
    }
    if (kind === 'face') {
      canvas.paint(ellipse(256, 520, 200, 190), () => mix(tint, [0, 0, 0], 0.25))
      canvas.paint(ellipse(256, 215, 105, 120), () => tint)
    }
    return canvas.toPng()
  }
}
