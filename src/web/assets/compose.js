// Writing a post: one field for all pictures, previews, moving and removing. The form that is sent is the same as without it:
// each picture sits in the file field of its own place, and the order of the places is the order of the pictures.

const slots = document.querySelector('[data-slots]')
const form = document.querySelector('[data-compose]')
const list = slots.querySelector('[data-list]')
const pick = slots.querySelector('[data-pick]')
const drop = slots.querySelector('[data-drop]')
const notice = form.querySelector('[data-notice]')

const further = slots.querySelector('[data-further]')
const places = [...slots.querySelectorAll('[data-slot]')]
// The words of the n-th place, as the server wrote them: they stay where they are while pictures move.
const words = places.map((place) => ({
  label: labelOf(place).textContent,
  tools: [...place.querySelectorAll('[data-tool]')].map((tool) => tool.textContent),
}))

const isUsed = (place) => place.hasAttribute('data-stored') || fileOf(place)?.files.length > 0
const used = () => places.filter((place) => place.isConnected && isUsed(place))

function labelOf(place) {
  return place.querySelector('[data-file] .field__label')
}

function fileOf(place) {
  return place.querySelector('[data-file] input[type=file]')
}

function draw() {
  const chosen = [...list.children]
  for (const [index, place] of chosen.entries()) {
    labelOf(place).textContent = words[index].label
    const tools = [...place.querySelectorAll('[data-tool]')]
    for (const [at, tool] of tools.entries()) {
      tool.querySelector('.visually-hidden').textContent = words[index].tools[at]
      tool.title = words[index].tools[at]
      tool.disabled =
        (tool.dataset.tool === 'up' && index === 0) || (tool.dataset.tool === 'down' && index === chosen.length - 1)
    }
  }
  drop.hidden = chosen.length >= places.length
  drawSpots()
}

// Which picture a product stands on: the place itself, since its number changes when pictures move.
const rows = [...form.querySelectorAll('[data-product]')]
const placeOf = new Map()
const fieldOf = (row, name) => row.querySelector(`[name^=product-${name}-]`)
const isChosen = (row) => row !== undefined && row.querySelector('select').value !== ''
let latest

function drawSpots() {
  const chosen = [...list.children]
  for (const spot of list.querySelectorAll('.slot__spot')) spot.remove()
  for (const [at, row] of rows.entries()) {
    const place = placeOf.get(row)
    if (!place) continue
    const index = chosen.indexOf(place)
    if (index < 0) placeOf.delete(row)
    fieldOf(row, 'picture').value = index < 0 ? '' : String(index + 1)
    if (index >= 0 && isChosen(row)) drawSpot(place, row, at + 1)
  }
}

// Where a picture is drawn in its preview, which may be wider or higher.
function frameOf(image) {
  const { left, top, width, height } = image.getBoundingClientRect()
  const scale = Math.min(width / image.naturalWidth, height / image.naturalHeight)
  const [w, h] = [image.naturalWidth * scale, image.naturalHeight * scale]
  return { left: left + (width - w) / 2, top: top + (height - h) / 2, width: w, height: h }
}

function drawSpot(place, row, number) {
  const preview = place.querySelector('[data-preview]')
  const image = preview.querySelector('img:not(.picture__ground)')
  if (!image?.naturalWidth) return
  const [frame, box] = [frameOf(image), preview.getBoundingClientRect()]
  const part = (name) => Number(fieldOf(row, name).value.replace(',', '.') || 50) / 100
  const spot = document.createElement('span')
  spot.className = 'slot__spot'
  spot.ariaHidden = 'true'
  spot.textContent = number
  spot.style.left = `${frame.left - box.left + frame.width * part('left')}px`
  spot.style.top = `${frame.top - box.top + frame.height * part('top')}px`
  preview.append(spot)
}

// What was chosen or typed by hand counts as well.
function readSpots() {
  const chosen = [...list.children]
  for (const row of rows) {
    const place = chosen[Number(fieldOf(row, 'picture').value) - 1]
    if (place) placeOf.set(row, place)
    else placeOf.delete(row)
  }
  drawSpots()
}

// A click on a picture puts the product there that was chosen last.
list.addEventListener('click', (event) => {
  const image = event.target.closest('[data-preview] img')
  const row = isChosen(latest) ? latest : rows.findLast(isChosen)
  if (!image || !row) return
  const frame = frameOf(image)
  const part = (from, length) => String(Math.round(Math.min(1, Math.max(0, from / length)) * 1_000) / 10)
  fieldOf(row, 'left').value = part(event.clientX - frame.left, frame.width)
  fieldOf(row, 'top').value = part(event.clientY - frame.top, frame.height)
  placeOf.set(row, image.closest('[data-slot]'))
  drawSpots()
})

list.addEventListener('load', drawSpots, true)
addEventListener('resize', drawSpots)
for (const row of rows) {
  row.addEventListener('change', () => {
    latest = row
    readSpots()
  })
}

function say(text) {
  notice.textContent = text
}

function preview(place, file) {
  const image = new Image()
  image.alt = ''
  image.onerror = () => {
    const line = document.createElement('p')
    line.textContent = `${slots.dataset.unreadable} – ${file.name}`
    image.replaceWith(line)
  }
  image.src = URL.createObjectURL(file)
  place.querySelector('[data-preview]').replaceChildren(image)
}

function put(file) {
  const place = places.find((one) => !one.isConnected)
  if (!place) return false
  const carrier = new DataTransfer()
  carrier.items.add(file)
  fileOf(place).files = carrier.files
  preview(place, file)
  list.append(place)
  return true
}

function add(files) {
  const refused = []
  for (const file of files) {
    // Some systems do not know HEIC and name no type; the server looks at the bytes anyway.
    if (file.type && !file.type.startsWith('image/')) refused.push(`${slots.dataset.notPicture} ${file.name}`)
    else if (file.size > Number(slots.dataset.maxBytes)) refused.push(`${slots.dataset.tooLarge} ${file.name}`)
    else if (!put(file)) {
      refused.push(slots.dataset.tooMany)
      break
    }
  }
  say(refused.join('\n'))
  draw()
}

function remove(place) {
  if (place.hasAttribute('data-stored')) {
    // The server has to be told: the place is sent along, out of sight, with its removal ticked.
    place.querySelector('[data-without-script] input').checked = true
    place.hidden = true
    form.append(place)
    places.splice(places.indexOf(place), 1)
  } else {
    fileOf(place).value = ''
    place.querySelector('textarea').value = ''
    place.querySelector('[data-preview]').replaceChildren()
    place.remove()
  }
  draw()
  pick.focus()
}

function move(place, tool) {
  if (tool.dataset.tool === 'up') place.previousElementSibling?.before(place)
  else place.nextElementSibling?.after(place)
  draw()
  // At either end the button that was pressed rests, so the other one takes the focus.
  const target = tool.disabled ? place.querySelector('[data-tool]:not(:disabled)') : tool
  target?.focus()
}

list.addEventListener('click', (event) => {
  const tool = event.target.closest('[data-tool]')
  const place = tool?.closest('[data-slot]')
  if (!place) return
  if (tool.dataset.tool === 'close') remove(place)
  else move(place, tool)
})

pick.addEventListener('change', () => {
  add(pick.files)
  pick.value = ''
})

document.addEventListener('paste', (event) => {
  const files = [...(event.clipboardData?.files ?? [])]
  if (files.length > 0) add(files)
})

for (const name of ['dragover', 'dragleave', 'drop']) {
  form.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    drop.classList.toggle('drop--over', name === 'dragover')
    if (name === 'drop') add(event.dataTransfer.files)
  })
}

// Once: a description is asked for, not forced. The server would ask as well, and is told by the field.
const { reminded } = form.elements
form.addEventListener('submit', (event) => {
  const missing = used().find((place) => place.querySelector('textarea').value.trim() === '')
  if (!missing || reminded.value === 'true') return
  event.preventDefault()
  reminded.value = 'true'
  say(slots.dataset.altMissing)
  missing.querySelector('textarea').focus()
})

slots.classList.add('slots--live')
for (const place of places) {
  place.querySelector('[data-tools]').hidden = false
  const removal = place.querySelector('[data-without-script]')
  if (removal) removal.hidden = true
  // A browser that came back to this page may have kept the files that were chosen.
  if (!isUsed(place)) place.remove()
  else if (fileOf(place)) preview(place, fileOf(place).files[0])
}
list.append(...used())
further?.remove()
readSpots()
draw()

// Nobody has said in which time zone they live: the browser knows.
const zones = form.querySelector('[data-guess-zone] select')
const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
if (zones && [...zones.options].some(({ value }) => value === timeZone)) zones.value = timeZone
