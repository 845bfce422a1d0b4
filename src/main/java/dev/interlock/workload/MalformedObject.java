package dev.interlock.workload;

/// An object that is not shaped as its kind prescribes. The API server never sends one; whoever else can
/// reach the port might. Caught where objects are parsed, in one place.
public final class MalformedObject extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public MalformedObject(String message) {
        super(message);
    }
}
