namespace Godwit.Storage.Tools;

/// <summary>The words of an export: NDJSON, a line for each thing, and a first line that names the format.</summary>
internal static class StoreExportFormat
{
    public const string Name = "godwit-store-export";
    public const int Version = 1;

    public const string Session = "session";
    public const string Subscription = "subscription";
    public const string Inbound = "inbound";
    public const string Will = "will";
    public const string RetainedSearch = "retainedSearch";
    public const string RetainedGiven = "retainedGiven";
    public const string Message = "message";
    public const string Reference = "reference";
    public const string Received = "received";

    /// <summary>Behind the name of a text that is not UTF-8: it is base64 then.</summary>
    public const string Base64 = "Base64";
}
