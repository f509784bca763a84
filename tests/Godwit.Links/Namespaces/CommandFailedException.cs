namespace Godwit.Links.Namespaces;

/// <summary>A command of the system said no.</summary>
/// <param name="message">With the command and what it said.</param>
/// <param name="mayBeRefused">It needs rights, or a part of the kernel that may be missing.</param>
public sealed class CommandFailedException(string message, bool mayBeRefused = false) : Exception(message)
{
    /// <summary>What systems say that do not permit namespaces, or were built without a part of them.</summary>
    private static readonly string[] Refusals =
    [
        "not installed", "not permitted", "Permission denied", "not supported", "Read-only file system", "No such file or directory",
        "Unknown device type", "qdisc kind is unknown", "qdisc not found",
    ];

    /// <summary>True when this machine does not allow what was asked for; every other error is one of the tests.</summary>
    public bool IsRefusal => mayBeRefused && Array.Exists(Refusals, refusal => Message.Contains(refusal, StringComparison.OrdinalIgnoreCase));
}
