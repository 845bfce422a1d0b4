package dev.interlock.decision;

/// Which policy, in which revision.
///
/// @param generation `metadata.generation`
public record PolicyRef(String name, String uid, long generation) implements Comparable<PolicyRef> {
    @Override
    public int compareTo(PolicyRef other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name + "@" + generation;
    }
}
