namespace Godwit.Server.Security.Acl;

/// <summary>One rule, as it was read and as it is asked. The counter apart, it does not change.</summary>
public sealed class AclRule
{
    private long _wouldDeny;

    internal AclRule(bool allows, AclActions actions, AclFilter[] filters, AclConditions conditions)
    {
        Allows = allows;
        Actions = actions;
        Filters = filters;
        Conditions = conditions;
    }

    /// <summary>It allows; else it denies.</summary>
    public bool Allows { get; }

    /// <summary>What it is about.</summary>
    public AclActions Actions { get; }

    /// <summary>The rule in one line, as it was written or like it.</summary>
    public string Text { get; init; } = "";

    /// <summary>The file it stands in.</summary>
    public string File { get; init; } = "";

    /// <summary>The line where it begins, from 1.</summary>
    public int Line { get; init; }

    /// <summary>On trial: what it would deny is counted and logged, and the rules behind it decide.</summary>
    public bool IsOnTrial { get; init; }

    /// <summary>How often it would have denied, were it enforced; since the rules were read.</summary>
    public long WouldDeny => Interlocked.Read(ref _wouldDeny);

    /// <summary>Its place: a rule with a smaller one is asked first.</summary>
    internal int Index { get; set; }

    internal AclFilter[] Filters { get; }

    internal AclConditions Conditions { get; }

    /// <summary>File, line and text, for a log.</summary>
    public override string ToString() => $"{File}:{Line}: {Text}";

    internal bool IsAbout(in AclRequest request) =>
        (Actions & request.Action) != 0 && !(IsOnTrial && request.SkipsTrials) && Conditions.AreMet(request, Allows);

    internal void CountDenial() => Interlocked.Increment(ref _wouldDeny);
}
