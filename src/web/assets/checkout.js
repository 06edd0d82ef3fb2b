// Ordering: what is to be paid follows what is chosen. The server reckons, as it does when the button for that is pressed.

const form = document.querySelector('[data-checkout]')
const button = form.querySelector('[data-update]')
const parts = (place) => [...place.querySelectorAll('[data-live]')]

const pauseMs = 300
let waiting
let asked

async function reckon() {
  asked?.abort()
  asked = new AbortController()
  const body = new URLSearchParams(new FormData(form))
  body.set('step', 'update')
  try {
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body, signal: asked.signal })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const [before, after] = [parts(form), parts(page)]
    // Sold out meanwhile, or signed out: the page itself says so.
    if (before.length !== after.length) return form.requestSubmit(button.querySelector('button'))
    for (const [index, part] of before.entries()) part.replaceWith(after[index])
  } catch (error) {
    // Without a connection the button is there again, and says so when it is pressed.
    if (error.name !== 'AbortError') button.hidden = false
  }
}

form.addEventListener('input', ({ target }) => {
  if (target.name !== 'quantity' && target.name !== 'delivery') return
  clearTimeout(waiting)
  waiting = setTimeout(reckon, target.name === 'quantity' ? pauseMs : 0)
})
button.hidden = true
