namespace Godwit.House.Rules;

/// <summary>A row of one of the lists in docs/ that tests refer to.</summary>
/// <param name="Id">As tests write it.</param>
/// <param name="Who">server, client or both; empty where the list does not say.</param>
/// <param name="Meaning">In short.</param>
/// <param name="WaitsFor">The feature that has to be there first; empty for none.</param>
public sealed record SpecRow(string Id, string Who, string Meaning, string WaitsFor)
{
    /// <summary>It demands something of a server.</summary>
    public bool BindsServer => Who is not "client";
}
