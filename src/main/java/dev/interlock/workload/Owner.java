package dev.interlock.workload;

/// Who is answerable, and where to reach them: what a person who was denied needs next.
///
/// @param team    for example `payments`
/// @param contact    for example `#payments-oncall`; empty where none is declared
/// @param escalation where to go when nobody answers there; empty where none is declared
public record Owner(String team, String contact, String escalation) {
    public Owner(String team, String contact) {
        this(team, contact, "");
    }

    @Override
    public String toString() {
        return contact.isEmpty() ? team : team + ", " + contact;
    }
}
