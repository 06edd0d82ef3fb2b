// On every page: buttons that copy, and the reader's own time instead of UTC. Nothing here is needed to use a page.

for (const button of document.querySelectorAll('[data-copy]')) {
  // Browsers offer the clipboard only on secure origins; elsewhere the text is there to be selected.
  if (!navigator.clipboard) continue
  button.hidden = false
  const label = button.querySelector('.button__label')
  const words = label.textContent
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    label.textContent = button.dataset.copied
    setTimeout(() => {
      label.textContent = words
    }, 2000)
  })
}

const localTime = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'long', timeStyle: 'short' })

for (const time of document.querySelectorAll('time[datetime]')) time.title = localTime.format(new Date(time.dateTime))

// A description that covers its picture closes like a window.
document.addEventListener('keydown', (event) => {
  const open = event.key === 'Escape' && event.target.closest?.('.alt[open]')
  if (open) {
    open.open = false
    open.querySelector('summary').focus()
  }
})
