"""What things are called that Zoom's events tell of: rooms, channels, groups, devices and their like.

Plain tuples, so that nothing is drawn beforehand; texts of people and playlists are in the pools.
"""

from __future__ import annotations

from typing import Final

ROOMS: Final = (
    "Aurora", "Boardroom 4F", "Huddle 2.07", "Kepler", "Madrid", "Meeting Room 12", "North Star", "Oslo",
    "Phone Booth 3", "Salle Curie", "Town Hall", "Besprechungsraum Elbe", "会議室 A",
)  # fmt: skip
WORKSPACES: Final = (
    "Desk 3-014", "Desk 5-122", "Hot desk 7", "Quiet zone 2B", "Standing desk 4-031", "Window seat 12",
)  # fmt: skip
LOCATIONS: Final = (
    "Berlin Campus",
    "Building 2",
    "Floor 4",
    "Headquarters",
    "London Office",
    "San José",
    "West Wing",
)
CHANNELS: Final = (
    "announcements", "design-crit", "eng-oncall", "general", "launch-q3", "random", "sales-emea",
    "Support Tier 2",
)  # fmt: skip
GROUPS: Final = (
    "Contractors", "Customer Success", "Engineering", "Finance", "Sales EMEA", "Support", "Vertrieb DACH",
)  # fmt: skip
DEPARTMENTS: Final = (
    "Customer Success", "Engineering", "Finance", "Human Resources", "Legal", "Marketing", "Sales",
)  # fmt: skip
BOARDS: Final = (
    "Customer journey", "Kick-off notes", "Launch plan", "Q3 planning", "Retro sprint 14",
    "Skizze Startseite",
)  # fmt: skip
TASKS: Final = (
    "Book the offsite venue", "Follow up with legal", "Prepare the demo", "Review the contract",
    "Send the recap",
    "Update the forecast",
)  # fmt: skip
CALENDARS: Final = ("Room bookings", "Team calendar", "Urlaub", "Work")
APPS: Final = ("Expense Bot", "Lunch Poll", "Notes Sync", "Standup Helper", "Status Board")
SERVERS: Final = ("hybrid-mmr-01", "hybrid-mmr-02", "node-fra-1", "node-sjc-3", "rc-lon-1", "zc-ams-1")
ZONES: Final = ("ams-zone", "fra-zone", "lon-zone", "sjc-zone")
SESSIONS: Final = ("Consultation", "Daily standup", "Onboarding lab", "Support call", "Tutoring maths 2")
QUEUES: Final = ("Billing", "Sales inbound", "Technical support", "VIP")
POLICIES: Final = ("Contractors and finance", "Research and sales", "Two-year retention")
ROLES: Final = ("Admin", "Member", "Owner", "Room manager")
PRODUCTS: Final = ("Annual developer day", "Partner summit", "Product launch live", "Customer webinar")
STREETS: Final = (
    "12 Harbour Road",
    "1800 Elm Street",
    "55 Station Avenue",
    "Lindenstraße 7",
    "8 rue des Écoles",
)
POSTCODES: Final = ("10115", "75004", "94045", "95113")
STATES: Final = ("BY", "CA", "NY", "TX", "WA")
INDUSTRIES: Final = ("Education", "Finance", "Healthcare", "Manufacturing", "Software")
CAMERAS: Final = ("FaceTime HD Camera", "HD Pro Webcam C920", "Integrated Camera", "OBS Virtual Camera")
MICROPHONES: Final = ("Built-in Microphone", "Headset Microphone (USB)", "Studio Display Microphone")
SPEAKERS: Final = ("Built-in Output", "Headset Earphone (USB)", "Studio Display Speakers")
COMPUTERS: Final = ("DESKTOP-7QK2M1", "LAPTOP-0F3J9", "mac-mini-lobby", "thinkpad-x1")
DEVICES: Final = ("iPad", "Mac", "Phone", "Windows")
CLIENTS: Final = ("Zoom Workplace 6.4.5", "Zoom Workplace 6.5.1", "Zoom Rooms 6.3.0")
NETWORKS: Final = ("VPN", "WiFi", "Wired")
QUESTIONS: Final = (
    "Anything we should prepare?", "Do you need parking?", "How did you hear about us?",
    "Which product is it about?",
)  # fmt: skip
ANSWERS: Final = (
    "A colleague told me",
    "No, thank you",
    "Two seats, please",
    "We would like to see pricing",
    "Yes",
)
REASONS: Final = ("No longer needed", "Sick today", "Time conflict", "Travelling that week")
CHANGES: Final = ("Draft", "Final", "Q3 plan", "Ready for review", "Version 2")
NOTES: Final = ("Agenda in the shared folder.", "Bring the signed contract.", "First call with the new team.")
ISSUES: Final = ("Microphone disconnected", "Room Controller disconnected", "Zoom Rooms computer is offline")
EMOJI: Final = ("U+1F44D", "U+1F44F", "U+1F389", "U+2705")
LANGUAGES: Final = ("English", "French", "German", "Japanese", "Spanish")
DOMAINS: Final = ("example.com", "example.net", "example.org")
CODES_OF_COUNTRIES: Final = ("BR", "DE", "FR", "JP", "US")
