package dev.interlock.decision;

/// Who asked, as the API server authenticated them.
public record Requester(String username) {}
