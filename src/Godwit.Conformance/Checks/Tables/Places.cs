namespace Godwit.Conformance.Checks.Tables;

/// <summary>Sets of places, one by one and in words.</summary>
internal static class Places
{
    /// <summary>The places of a set, in the order of the packet types.</summary>
    public static IEnumerable<Place> Each(this Place places) =>
        Enum.GetValues<Place>().Where(place => int.IsPow2((int)place) && places.HasFlag(place));

    /// <summary>The name of the specification.</summary>
    public static string NameOf(this Place place) => place == Place.Will ? "Will Properties" : place.ToString().ToUpperInvariant();
}
