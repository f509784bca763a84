namespace Godwit.Compare.Running;

/// <summary>What the commands below bench/ end with.</summary>
internal static class ExitCodes
{
    /// <summary>Everything that is asked for is reached.</summary>
    public const int Reached = 0;

    /// <summary>Something is not.</summary>
    public const int Missed = 1;

    /// <summary>Nothing is judged: not understood, a program is missing or does not start, or a report cannot be written.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C, or by SIGTERM.</summary>
    public const int Interrupted = 130;
}
