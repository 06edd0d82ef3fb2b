import { listEmojis } from '#src/features/emoji/queries.ts'
import { addEmoji, eraseEmoji, removeEmoji } from '#src/features/emoji/service.ts'
import { createMediaProcess } from '#workers/media/pool.ts'
import { type Command, type Input, textOption, wordAt } from './command.ts'

/** `emoji add`. */
export const addEmojiCommand: Command = {
  name: 'emoji add',
  usage: 'emoji add SHORTCODE FILE [--category C] [--hidden]',
  about: 'Adds an emoji, written :SHORTCODE: in texts. Apps do not offer a hidden one.',
  options: { category: { type: 'string' }, hidden: { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const shortcode = shortcodeAt(input)
    const path = wordAt(input, 1, 'FILE')
    const category = textOption(input, 'category') ?? null
    const pictures = createMediaProcess({ log: ctx.log })
    try {
      const isVisibleInPicker = input.options.hidden !== true
      const id = await addEmoji(ctx, pictures, { shortcode, path, category, isVisibleInPicker })
      return { data: { id, shortcode, category }, text: `:${shortcode}: can be used from now on.` }
    } finally {
      await pictures.close()
    }
  },
}

/** `emoji remove`. */
export const removeEmojiCommand: Command = {
  name: 'emoji remove',
  usage: 'emoji remove SHORTCODE [--erase]',
  about: 'Takes an emoji out of use. Texts that have it keep it, unless its picture is erased.',
  options: { erase: { type: 'boolean' } },
  needs: 'context',
  run: async (input, ctx) => {
    const shortcode = shortcodeAt(input)
    if (input.options.erase === true) {
      const erased = await eraseEmoji(ctx, shortcode)
      return { data: { shortcode, erased }, text: `Pictures of :${shortcode}: that were deleted: ${erased}.` }
    }
    const wasThere = await removeEmoji(ctx, shortcode)
    return {
      data: { shortcode, wasThere },
      text: wasThere ? `:${shortcode}: can no longer be used.` : `There is no emoji :${shortcode}:.`,
    }
  },
}

/** `emoji list`. */
export const listEmojisCommand: Command = {
  name: 'emoji list',
  usage: 'emoji list',
  about: 'Lists the emojis of this instance.',
  options: {},
  needs: 'context',
  run: async (_input, ctx) => {
    const data = (await listEmojis(ctx.db)).map(({ id, shortcode, category, isVisibleInPicker, key, file }) => ({
      ...{ id, shortcode, category, isVisibleInPicker },
      url: ctx.uris.emojiPicture(key, file),
    }))
    const lines = data.map(({ shortcode, category, url }) => `:${shortcode}:  ${category ?? '-'}  ${url}`)
    return { data, text: lines.length > 0 ? lines.join('\n') : 'There is no emoji.' }
  },
}

/** With its colons or without. */
function shortcodeAt(input: Input): string {
  return wordAt(input, 0, 'SHORTCODE').replace(/^:(.*):$/, '$1')
}
