namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>What became of a password that was to be verified.</summary>
internal enum HashOutcome
{
    /// <summary>It is right.</summary>
    Right,

    /// <summary>It is wrong.</summary>
    Wrong,

    /// <summary>Nothing was computed: too many wait.</summary>
    Busy,

    /// <summary>Nothing was computed: it was not wanted any more.</summary>
    NotWanted,
}
