import { describe, expect, it } from 'vitest'
import { readList, writeList } from '#src/features/domains/csv.ts'
import { obfuscate, readDomain } from '#src/features/domains/names.ts'
import { within } from '../support/cpu-time.ts'

const head = '#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate'

describe('a list of servers', () => {
  it('is read in the columns that other programs write, whatever their order', () => {
    const text = `${head}\r\nbad.example,suspend,True,False,"Spam, and ""worse""",False\r\nloud.example,silence,,,,true\r\n`
    expect(readList(text)).toEqual({
      rulings: [
        {
          host: 'bad.example',
          severity: 'block',
          rejectsMedia: true,
          rejectsReports: false,
          reason: 'Spam, and "worse"',
          isObfuscated: false,
        },
        {
          host: 'loud.example',
          severity: 'limit',
          rejectsMedia: false,
          rejectsReports: false,
          reason: '',
          isObfuscated: true,
        },
      ],
      problems: [],
    })
    const turned = readList('severity,domain\nnoop,ok.example\n')
    expect(turned.rulings).toMatchObject([{ host: 'ok.example', severity: 'none' }])
  })

  it('is read as bare names, with notes between them', () => {
    const { rulings, problems } = readList(
      '# what we keep away\nBAD.example\n\n*.worse.example\nhttps://münchen.example/\n',
    )
    expect(rulings.map(({ host, severity }) => [host, severity])).toEqual([
      ['bad.example', 'block'],
      ['worse.example', 'block'],
      ['xn--mnchen-3ya.example', 'block'],
    ])
    expect(problems).toEqual([])
  })

  it('has its broken rows refused by their lines, and the others count', () => {
    const rows = [
      head,
      'fine.example,suspend,,,,',
      'h*dden.example,suspend,,,,',
      'com,suspend,,,,',
      'odd.example,maybe,,,,',
      'flag.example,suspend,perhaps,,,',
      'fine.example,silence,,,,',
      'not a name,suspend,,,,',
      'open.example,suspend,,,"no end,',
      'here.example,suspend,,,,',
      '"long.example",suspend,,,"two',
      'lines",',
      'last.example,,,,,',
    ]
    const { rulings, problems } = readList(rows.join('\n'), ['social.here.example'])
    expect(rulings.map(({ host }) => host)).toEqual(['fine.example', 'long.example', 'last.example'])
    expect(problems.map(({ line, problem }) => [line, problem])).toEqual([
      [3, 'hidden'],
      [4, 'short'],
      [5, 'severity'],
      [6, 'flag'],
      [7, 'twice'],
      [8, 'name'],
      [9, 'quote'],
      [10, 'ourselves'],
    ])
  })

  it('comes back as it was written', () => {
    const rulings = [
      {
        host: 'a.example',
        severity: 'block',
        rejectsMedia: true,
        rejectsReports: true,
        reason: 'one,\n"two"',
        isObfuscated: true,
      },
      {
        host: 'b.example',
        severity: 'limit',
        rejectsMedia: false,
        rejectsReports: true,
        reason: '=1+1',
        isObfuscated: false,
      },
      {
        host: 'c.example',
        severity: 'none',
        rejectsMedia: true,
        rejectsReports: false,
        reason: 'été',
        isObfuscated: false,
      },
    ] as const
    const text = writeList(rulings)
    expect(text.split('\n')[0]).toBe(head)
    // A program for tables would run it.
    expect(text).not.toMatch(/,=/)
    expect(readList(text)).toEqual({ rulings, problems: [] })
  })

  it('takes no long time, whatever stands in it', () => {
    within(2_000, () => readList(`${'"'.repeat(200_000)}\n${','.repeat(200_000)}\n${'a"'.repeat(100_000)}`))
  })
})

describe('the name of a server', () => {
  it.each([
    ['Bad.Example', 'bad.example'],
    ['bad.example:8443', 'bad.example:8443'],
    ['@bad.example', 'bad.example'],
    ['bad.example.', 'bad.example'],
    ['', null],
    ['bad..example', null],
    ['-.example', null],
    ['someone@bad.example', null],
    ['bad.example, worse.example', null],
  ])('is read from "%s" as %s', (text, name) => expect(readDomain(text)).toBe(name))

  it('is hidden but for its ends', () => {
    expect(obfuscate('bad.example')).toMatch(/^bad\.\*+\w+$/)
    expect(obfuscate('bad.example')).not.toContain('exam')
  })
})
