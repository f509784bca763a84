namespace Godwit.Protocol.Tests.Golden;

/// <summary>All golden rows, each once for every version it holds in, by a key such as <c>5.0: PUBACK in its short form</c>.</summary>
internal static class GoldenTable
{
    private static readonly (string Name, ProtocolVersion Version, Versions Bit)[] AllVersions =
    [
        ("3.1", ProtocolVersion.Mqtt31, Versions.Mqtt31),
        ("3.1.1", ProtocolVersion.Mqtt311, Versions.Mqtt311),
        ("5.0", ProtocolVersion.Mqtt5, Versions.Mqtt5),
    ];

    public static readonly IReadOnlyDictionary<string, (GoldenRow Row, ProtocolVersion Version)> Rows = Collect();

    /// <summary>The keys of all rows, for theories.</summary>
    public static TheoryData<string> Keys => [.. Rows.Keys];

    /// <summary>The keys of the rows that <paramref name="rows"/> lists.</summary>
    public static TheoryData<string> KeysOf(IEnumerable<GoldenRow> rows) => [.. rows.SelectMany(KeysOf)];

    private static IEnumerable<string> KeysOf(GoldenRow row) =>
        from version in AllVersions
        where row.Versions.HasFlag(version.Bit)
        select $"{version.Name}: {row.Name}";

    private static Dictionary<string, (GoldenRow Row, ProtocolVersion Version)> Collect()
    {
        IEnumerable<GoldenRow> rows =
        [
            .. GoldenFraming.Rows, .. GoldenConnect3.Rows, .. GoldenConnect5.Rows, .. GoldenConnectErrors.Rows,
            .. GoldenConnectPropertyErrors.Rows, .. GoldenConnack.Rows,
            .. GoldenPublish.Rows, .. GoldenPublishErrors.Rows, .. GoldenPuback.Rows, .. GoldenPubrec.Rows, .. GoldenPubrel.Rows,
            .. GoldenPubcomp.Rows, .. GoldenSubscribe.Rows, .. GoldenSuback.Rows, .. GoldenUnsubscribe.Rows, .. GoldenUnsuback.Rows,
            .. GoldenPing.Rows, .. GoldenDisconnect.Rows, .. GoldenAuth.Rows,
        ];
        var table = new Dictionary<string, (GoldenRow, ProtocolVersion)>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            foreach (var version in AllVersions.Where(version => row.Versions.HasFlag(version.Bit)))
            {
                table.Add($"{version.Name}: {row.Name}", (row, version.Version));
            }
        }

        return table;
    }
}
