namespace Godwit.Links.Relay;

/// <summary>Which way bytes travel.</summary>
public enum LinkDirection
{
    ToBroker,
    ToClient,
}
