import { describe, expect, it } from 'vitest'
import { isZone, toInstant, toWallTime, zones } from '#src/core/zones.ts'

const at = (wall: string, zone = 'Europe/Paris') => toInstant(wall, zone)?.toISOString()

describe('the clock on a wall', () => {
  it('shows the same instant as another one elsewhere', () => {
    expect(at('2027-01-15T09:00')).toBe('2027-01-15T08:00:00.000Z')
    expect(at('2027-07-15T09:00')).toBe('2027-07-15T07:00:00.000Z')
    expect(at('2027-07-15T09:00', 'UTC')).toBe('2027-07-15T09:00:00.000Z')
    expect(at('2027-01-15T09:00', 'Asia/Kolkata')).toBe('2027-01-15T03:30:00.000Z')
    expect(at('2027-01-15T09:00', 'America/Los_Angeles')).toBe('2027-01-15T17:00:00.000Z')
    expect(at('2027-01-15T00:10', 'Pacific/Kiritimati')).toBe('2027-01-14T10:10:00.000Z')
    expect(at('2027-01-15T09:00:30')).toBe('2027-01-15T08:00:00.000Z')
  })

  it('is set forward in Paris in March: what it never shows is as much later', () => {
    expect(at('2027-03-28T01:59')).toBe('2027-03-28T00:59:00.000Z')
    expect(at('2027-03-28T02:30')).toBe('2027-03-28T01:30:00.000Z')
    expect(at('2027-03-28T03:00')).toBe('2027-03-28T01:00:00.000Z')
    expect(at('2027-03-28T09:00')).toBe('2027-03-28T07:00:00.000Z')
    expect(toWallTime(new Date('2027-03-28T01:30:00Z'), 'Europe/Paris')).toBe('2027-03-28T03:30')
  })

  it('is set back in Paris in October: what it shows twice is the first', () => {
    expect(at('2027-10-31T01:59')).toBe('2027-10-30T23:59:00.000Z')
    expect(at('2027-10-31T02:30')).toBe('2027-10-31T00:30:00.000Z')
    expect(at('2027-10-31T03:00')).toBe('2027-10-31T02:00:00.000Z')
    expect(toWallTime(new Date('2027-10-31T01:30:00Z'), 'Europe/Paris')).toBe('2027-10-31T02:30')
  })

  it('goes there and back for every hour of a year, in every kind of zone', () => {
    for (const zone of ['Europe/Paris', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
      for (let hour = 0; hour < 366 * 24; hour++) {
        const instant = new Date(Date.UTC(2027, 0, 1, hour))
        const wall = toWallTime(instant, zone)
        const back = toInstant(wall, zone)
        expect(back && toWallTime(back, zone), `${wall} ${zone}`).toBe(wall)
      }
    }
  })

  it.each(['', 'soon', '2027-02-30T10:00', '2027-13-01T10:00', '2027-01-01', '2027-01-01T25:00'])(
    'does not show %j',
    (wall) => {
      expect(toInstant(wall, 'Europe/Paris')).toBeNull()
    },
  )
})

describe('a time zone', () => {
  it('has a name that is known', () => {
    expect(zones).toEqual(expect.arrayContaining(['Europe/Paris', 'UTC']))
    for (const name of ['', 'Mars/Olympus', '<script>', 'x'.repeat(100)]) expect(isZone(name), name).toBe(false)
    expect(isZone('Europe/Paris')).toBe(true)
  })
})
