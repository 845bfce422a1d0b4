package dev.interlock.decision;

public enum Operation {
    CREATE,
    UPDATE
}
