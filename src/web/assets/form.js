// In forms: how much of a text is used, and a chosen picture shown before it is sent.

const nearShare = 0.9

for (const area of document.querySelectorAll('textarea[data-counter]')) {
  const counter = document.createElement('span')
  counter.className = 'counter'
  // The limit itself is told by the browser to those who do not see the figures.
  counter.setAttribute('aria-hidden', 'true')
  area.after(counter)
  const show = () => {
    const used = area.value.length
    const isNear = used > area.maxLength * nearShare
    counter.textContent = used > area.maxLength / 2 ? `${used} / ${area.maxLength}` : ''
    counter.classList.toggle('counter--near', isNear)
  }
  area.addEventListener('input', show)
  show()
}

for (const place of document.querySelectorAll('[data-preview-of]')) {
  const input = document.getElementById(place.dataset.previewOf)
  input.addEventListener('change', () => {
    const [file] = input.files
    if (!file) return
    const image = new Image(64, 64)
    image.alt = ''
    // The new picture takes the shape of the one that it stands for.
    image.className = place.firstElementChild?.getAttribute('class') ?? ''
    image.src = URL.createObjectURL(file)
    place.replaceChildren(image)
  })
}
