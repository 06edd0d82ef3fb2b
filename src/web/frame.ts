import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Locale, localeOf } from '#src/core/i18n.ts'
import type { Session } from '#src/http/auth.ts'
import type { LayoutViewer } from './components/navigation.ts'
import { takeFlash } from './flash.ts'
import { type LayoutOptions, layout } from './layout.ts'
import { themeOf } from './preferences.ts'

/** Where the frame learns who looks and where; `src/app.ts` hands in what the features offer. */
export type FrameSources = Readonly<{
  findViewer(session: Session): Promise<LayoutViewer>
  getInstance(): Promise<NonNullable<LayoutOptions['instance']>>
}>

/** What every page of one request has around it. */
export type Frame = Pick<LayoutOptions, 'locale' | 'instance' | 'viewer' | 'theme' | 'path'> & { locale: Locale }

/** What a page adds to its frame. */
export type PageOptions = Omit<LayoutOptions, keyof Frame> & Readonly<{ status?: number; locale?: Locale }>

declare module 'fastify' {
  interface FastifyRequest {
    /** What stands around a page for whoever asks. */
    frame(): Promise<Frame>
  }
}

/** Lets pages be sent with `sendPage`, in the frame of whoever asks. */
export function useFrame(app: FastifyInstance, sources: FrameSources): void {
  // A page may ask before it is sent, for the name of the instance; it is the same frame.
  const frames = new WeakMap<FastifyRequest, Promise<Frame>>()
  app.decorateRequest('frame', function (this: FastifyRequest) {
    const frame = frames.get(this) ?? frameOf(this, sources)
    frames.set(this, frame)
    return frame
  })
}

async function frameOf(request: FastifyRequest, sources: FrameSources): Promise<Frame> {
  const { session } = request
  const [instance, viewer] = await Promise.all([sources.getInstance(), session ? sources.findViewer(session) : null])
  // A page that answers a form has an address where nothing can be read: the way back is the front page.
  const path = request.method === 'GET' ? request.url : '/'
  return { locale: localeOf(request), theme: themeOf(request), instance, viewer, path }
}

/** Sends a page in its frame, with the sentence that a form before it has left. */
export async function sendPage(request: FastifyRequest, reply: FastifyReply, page: PageOptions): Promise<FastifyReply> {
  const { status = 200, locale, ...options } = page
  const frame = await request.frame()
  const flash = options.flash ?? takeFlash(request, reply)
  const text = layout({ ...frame, ...options, flash, locale: locale ?? frame.locale })
  return reply.code(status).type('text/html; charset=utf-8').send(text)
}
