// Tells when a newer Fedify than the pinned one is to be had: its fixes of security have to be looked at. No reason to fail.
const { execFile } = require('node:child_process')
const { dependencies } = require('../package.json')

const name = '@fedify/fedify'
execFile('npm', ['view', name, 'version'], { timeout: 15_000 }, (error, stdout) => {
  const newest = stdout.trim()
  if (error || !newest) console.log(`Whether there is a newer ${name} than ${dependencies[name]} could not be asked.`)
  else if (newest === dependencies[name]) console.log(`${name} ${newest} is the newest there is.`)
  else console.log(`There is ${name} ${newest}; ${dependencies[name]} is pinned. Read what it mends, and docs/security.md.`)
})
