package dev.interlock.api.v1alpha1;

/// What is asked of the API server, as its requests name it.
public enum OperationName {
    CREATE,
    UPDATE
}
