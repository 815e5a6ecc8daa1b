"""The CX staff's questionnaire designer: /design/. Every view calls one verb of actions; nothing here decides."""
