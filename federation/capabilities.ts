/** By which a server says that orders can be placed with its people. */
export const ordersSpecification = 'https://w3id.org/fep/0837'

/** What a peer could not find out otherwise. @see https://w3id.org/fep/844e */
export const implemented = [
  { type: 'Link', href: 'https://datatracker.ietf.org/doc/html/rfc9421', name: 'RFC-9421: HTTP Message Signatures' },
  { type: 'Link', href: ordersSpecification, name: 'FEP-0837: Federated Marketplace' },
]
