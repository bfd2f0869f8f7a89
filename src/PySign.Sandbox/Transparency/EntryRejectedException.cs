namespace PySign.Sandbox.Transparency;

/// <summary>A proposed log entry that the log does not take; the message is what the server answers.</summary>
internal sealed class EntryRejectedException(string message) : Exception(message);
