package dev.interlock.workload;

/// A place in the delivery pipeline: the value of a namespace's label [#LABEL].
public record Stage(String name) {
    public static final String LABEL = "interlock.dev/stage";
}
